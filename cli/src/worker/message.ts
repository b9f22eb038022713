/**
 * Reads commands and requests for built-in contracts from the command line, by the contracts' interfaces. A
 * message that its contract cannot read is refused here, before a transaction is spent on it.
 */
import { accountIdOf } from "@pruntime/client/chain";
import { toHex } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { type Json, JsonError, type JsonObject } from "@pruntime/core/json";
import {
  type BuiltIn,
  builtIns,
  commandSchema,
  requestSchema,
  type Schema,
  schemaReader,
} from "@pruntime/interfaces";
import { CliError } from "../error.ts";
import { jsonArgument } from "../terminal/arguments.ts";

const schemas = { command: commandSchema, request: requestSchema } as const;

/**
 * Reads a message. Accounts may be SS58 addresses, hex with or without `0x`, or `//Name`; they become hex, as
 * the contracts read it. The message of another contract than the built-in ones is returned as it is.
 * @throws CliError `cli/bad-argument`, with the path to the value that does not fit
 */
export function messageArgument(what: "command" | "request", contract: number, text: string): Json {
  const json = jsonArgument(what, text);
  const known = builtIns.find(({ id }) => id === contract);
  if (known === undefined) return json;
  const schema = schemas[what](known);
  const message = withHexAccounts(schema, json, { name: what, at: "" });
  try {
    schemaReader(schema)(message, "");
    return message;
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    const { code, ...where } = cause.detail;
    const at = "at" in where ? where.at : "";
    const wanted = "want" in where ? `: ${where.want}` : "";
    const names = at === "" ? `; it reads ${namesOf(known, what).join(", ")}` : "";
    const want = `what the contract reads (${code}${at === "" ? "" : ` at ${at}`}${wanted})${names}`;
    throw new CliError({ code: "cli/bad-argument", name: what, want }, { cause });
  }
}

/** The names of a contract's commands or requests. */
function namesOf({ commands, requests }: BuiltIn, what: "command" | "request"): readonly string[] {
  return (what === "command" ? commands : requests).map(({ name }) => name);
}

/** Where a value is in a message, for errors. */
interface Place {
  readonly name: string;
  readonly at: string;
}

/** Replaces the accounts in a value by their hex. What does not fit the schema stays as it is. */
function withHexAccounts(schema: Schema, json: Json, place: Place): Json {
  if (schema === "account") return typeof json === "string" ? hexAccount(json, place) : json;
  if (typeof schema === "string" || json === null || typeof json !== "object") return json;
  const inner = (type: Schema, value: Json, key: string | number): Json =>
    withHexAccounts(type, value, { ...place, at: `${place.at}/${key}` });
  if ("option" in schema) return withHexAccounts(schema.option, json, place);
  if (isList(json)) return "list" in schema ? json.map((one, i) => inner(schema.list.of, one, i)) : json;
  if ("map" in schema) {
    const { key, value } = schema.map;
    return entriesOf(json, (name, one) => [
      key === "account" ? hexAccount(name, place) : name,
      inner(value, one, name),
    ]);
  }
  const members = "struct" in schema ? schema.struct : "variant" in schema ? schema.variant : [];
  return entriesOf(json, (name, one) => {
    const member = members.find((known) => known.name === name);
    return [name, member === undefined ? one : inner(member.type, one, name)];
  });
}

function entriesOf(
  json: JsonObject,
  change: (name: string, value: Json) => readonly [string, Json],
): JsonObject {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => change(name, value ?? null)));
}

function hexAccount(text: string, { name, at }: Place): string {
  try {
    return toHex(accountIdOf(text));
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    const want = `a message with an account at ${at}: an SS58 address, 64 hex digits, or //Name`;
    throw new CliError({ code: "cli/bad-argument", name, want }, { cause });
  }
}

/** Exists because `Array.isArray` does not narrow readonly arrays. */
function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
