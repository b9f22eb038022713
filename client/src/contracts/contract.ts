/**
 * Builds commands and requests for any contract that has an interface, and reads the contract's answers. The
 * typed contracts in this folder are built from these functions. Users can build typed contracts of their
 * own in the same way.
 */
import { type Json, jsonVariant } from "@pruntime/core/json";
import {
  type AnswerOf,
  type CommandName,
  type CommandOf,
  type ContractInterface,
  commandJson,
  type InputOf,
  type RequestName,
  type RequestOf,
  readReason,
  requestJson,
  schemaReader,
} from "@pruntime/interfaces";
import { ClientError } from "../error.ts";
import { readAccount } from "../signers/ss58.ts";

/** A command as JSON, in the form that its contract reads. It is not sealed yet. */
export interface Command {
  readonly contractId: number;
  readonly json: Json;
}

/** A request, and the function that reads its answer. */
export interface Request<T> {
  readonly contractId: number;
  readonly json: Json;
  /** Reads the contract's answer. @throws JsonError; {@link ClientError} `client/contract-refused` */
  readonly read: (answer: Json) => T;
}

/** A contract's interface, with the id under which commands and queries address the contract. */
export type Addressed = ContractInterface & { readonly id: number };

/** Makes a command for a contract. @throws JsonError if the input exceeds the limits of the interface */
export function command<const I extends Addressed, N extends CommandName<I>>(
  contract: I,
  name: N,
  input: InputOf<CommandOf<I, N>>,
): Command {
  return { contractId: contract.id, json: commandJson(contract, name, input) };
}

/**
 * Makes a request to a contract. `read` converts the contract's answer for the caller.
 * @throws JsonError if the input exceeds the limits of the interface
 */
export function request<const I extends Addressed, N extends RequestName<I>, T>(
  contract: I,
  name: N,
  input: InputOf<RequestOf<I, N>>,
  read: (answer: AnswerOf<RequestOf<I, N>>) => T,
): Request<T> {
  const answer = readAnswer(contract, name);
  return {
    contractId: contract.id,
    json: requestJson(contract, name, input),
    read: (json) => read(answer(json)),
  };
}

/**
 * Reads `{"<name>": answer}`. Any contract may answer `{"Error": reason}` instead; the reader then throws a
 * {@link ClientError}.
 */
function readAnswer<I extends Addressed, N extends RequestName<I>>(
  { requests }: I,
  name: N,
): (answer: Json) => AnswerOf<RequestOf<I, N>> {
  const { answer } = requests.find((known) => known.name === name) as RequestOf<I, N>;
  const read = jsonVariant({ [name]: schemaReader(answer), Error: readReason });
  return (json) => {
    const { kind, value } = read(json, "");
    if (kind === "Error") throw new ClientError({ code: "client/contract-refused", reason: value as string });
    return value as AnswerOf<RequestOf<I, N>>;
  };
}

/** An account: 32 bytes, their 64 hex digits with or without `0x`, or an SS58 address. */
export type AccountId = Uint8Array | string;

/**
 * The account's 32 bytes.
 * @throws {@link ClientError} `client/bad-account`
 */
export function accountBytes(account: AccountId): Uint8Array {
  const bytes = typeof account === "string" ? readAccount(account) : account;
  if (bytes.length !== 32) throw new ClientError({ code: "client/bad-account", want: "32 bytes" });
  return bytes;
}

/** Selects a page of a list: the latest page, or the page of entries with ids smaller than `before`. */
export interface PageOptions {
  readonly before?: number;
}

/** A function that makes the request for a page of a list, for example `dataPlaza.items`. */
export type ListRequest<T> = (page?: PageOptions) => Request<readonly T[]>;

/** Returns the selection of a page in the form that contracts read. */
export function pageInput({ before }: PageOptions = {}): { readonly before: number } | undefined {
  return before === undefined ? undefined : { before };
}
