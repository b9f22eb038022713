/**
 * What all typed contracts are made of: commands and requests in the JSON their contract reads, and readers of its answers. A contract of one's
 * own is described the same way.
 */
import { fromHex, toHex } from "@pruntime/core/bytes";
import {
  type Json,
  type JsonReader,
  jsonAny,
  jsonObject,
  jsonString,
  jsonVariant,
} from "@pruntime/core/json";
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

/** An account: 32 bytes, or their 64 hex digits without `0x`, as contracts write it. */
export type AccountId = Uint8Array | string;

/** @throws BytesError when a text is no hex; {@link ClientError} `client/bad-account` */
export function accountText(account: AccountId): string {
  const bytes = typeof account === "string" ? fromHex(account) : account;
  if (bytes.length !== 32) throw new ClientError({ code: "client/bad-account", want: "32 bytes" });
  return toHex(bytes);
}

const otherReason = jsonObject({ Other: jsonString() }, "ignored");

/** Reads `{"<name>": content}`; `{"Error": …}`, which every contract may answer instead, becomes an error. */
export function answerOf<T>(name: string, content: JsonReader<T>): (answer: Json) => T {
  const read = jsonVariant({ [name]: content, Error: jsonAny });
  return (answer) => {
    const { kind, value } = read(answer, "");
    if (kind === "Error")
      throw new ClientError({ code: "client/contract-refused", reason: reasonOf(value as Json) });
    return value as T;
  };
}

function reasonOf(error: Json): string {
  return typeof error === "string" ? error : otherReason(error, "/Error").Other;
}

/** Of a list that grows without end: only entries with smaller ids. */
export interface PageOptions {
  readonly before?: number;
}

/** `"Name"` for the newest page, as in 2020; `{"Name":{"before":id}}` for an earlier one. */
export function pageOf(name: string, { before }: PageOptions = {}): Json {
  return before === undefined ? name : { [name]: { before } };
}
