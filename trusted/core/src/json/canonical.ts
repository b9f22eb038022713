/**
 * JSON as the 2020 runtime printed it: `serde_json` over a `BTreeMap`. Keys are sorted by their UTF-8 bytes,
 * there is no white space, and a character is escaped only if JSON requires it.
 */
import { forEachPiece } from "../bytes/index.ts";
import type { Work } from "../work/index.ts";
import { JsonError } from "./error.ts";
import type { Json, JsonObject } from "./json.ts";

/**
 * The canonical text of a value. Every `number` in it must be a safe integer.
 * @throws {@link JsonError} `json/bad-number`, `json/bad-string`
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return integer(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  return object(value);
}

/**
 * Does what {@link canonicalJson} does. The texts in an object are written in units; all else is one unit.
 * @throws as {@link canonicalJson}
 */
export function* canonicalJsonWork(value: Json): Work<string> {
  if (typeof value === "string") return yield* quoteWork(value);
  if (value === null || typeof value !== "object" || isArray(value)) return canonicalJson(value);
  const members: string[] = [];
  for (const [key, member] of membersOf(value))
    members.push(`${quote(key)}:${yield* canonicalJsonWork(member)}`);
  return `{${members.join(",")}}`;
}

function object(value: JsonObject): string {
  return `{${membersOf(value)
    .map(([key, member]) => `${quote(key)}:${canonicalJson(member)}`)
    .join(",")}}`;
}

/** The members of an object in the order of their keys. */
function membersOf(value: JsonObject): [string, Json][] {
  return Object.entries(value).sort(([a], [b]) => compareUtf8(a, b));
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new JsonError({ code: "json/bad-number", offset: 0 });
  return String(value);
}

/**
 * `JSON.stringify` escapes the same characters as `serde_json`. It also escapes lone surrogates, which no
 * Rust string contains, so this function refuses them.
 */
function quote(text: string): string {
  if (loneSurrogate.test(text)) throw new JsonError({ code: "json/bad-string", offset: 0 });
  return JSON.stringify(text);
}

/** Quotes a text in units. */
function* quoteWork(text: string): Work<string> {
  const pieces: string[] = [];
  yield* forEachPiece(text, (piece) => pieces.push(quote(piece).slice(1, -1)));
  return `"${pieces.join("")}"`;
}

const loneSurrogate = /\p{Surrogate}/u;

/**
 * Compares two strings by code points, which is the order of UTF-8 bytes. The order of UTF-16 units differs
 * for surrogate pairs.
 */
function compareUtf8(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    return (a.codePointAt(i) as number) - (b.codePointAt(i) as number);
  }
  return a.length - b.length;
}
