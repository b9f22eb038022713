/**
 * Commands and requests of any contract with an interface, and readers of its answers. The typed
 * contracts beside this file are made of these, and so is a contract of one's own.
 */
import { fromHex } from "@pruntime/core/bytes";
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

/** A command in the JSON of its contract, ready to be sealed. */
export interface Command {
  readonly contractId: number;
  readonly json: Json;
}

/** A request, and how its answer is read. */
export interface Request<T> {
  readonly contractId: number;
  readonly json: Json;
  /** @throws JsonError; {@link ClientError} `client/contract-refused` */
  readonly read: (answer: Json) => T;
}

/** The interface of a contract, and the id that commands and queries name it by. */
export type Addressed = ContractInterface & { readonly id: number };

/** Makes a command of a contract. @throws JsonError for an input beyond the limits of the interface */
export function command<const I extends Addressed, N extends CommandName<I>>(
  contract: I,
  name: N,
  input: InputOf<CommandOf<I, N>>,
): Command {
  return { contractId: contract.id, json: commandJson(contract, name, input) };
}

/**
 * Makes a request to a contract. `read` turns its answer into what the caller wants.
 * @throws JsonError for an input beyond the limits of the interface
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
 * Reads `{"<name>": answer}`. `{"Error": reason}`, which any contract may answer instead, becomes an error.
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

/** An account: 32 bytes, or their 64 hex digits without `0x`, as contracts write it. */
export type AccountId = Uint8Array | string;

/** The 32 bytes. @throws BytesError for a text that is not hex; {@link ClientError} `client/bad-account` */
export function accountBytes(account: AccountId): Uint8Array {
  const bytes = typeof account === "string" ? fromHex(account) : account;
  if (bytes.length !== 32) throw new ClientError({ code: "client/bad-account", want: "32 bytes" });
  return bytes;
}

/** Which page of a list: the newest, or the one of entries with ids smaller than `before`. */
export interface PageOptions {
  readonly before?: number;
}

/** A page as contracts take it. */
export function pageInput({ before }: PageOptions = {}): { readonly before: number } | undefined {
  return before === undefined ? undefined : { before };
}
