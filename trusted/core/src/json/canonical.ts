/**
 * JSON as the 2020 runtime printed it: `serde_json` over a `BTreeMap`. Keys stand in the order of their UTF-8
 * bytes, there is no white space, and only characters that JSON requires to be escaped are.
 */
import { JsonError } from "./error.ts";
import type { Json, JsonObject } from "./json.ts";

/**
 * The one text of a value. Numbers have to be integers.
 * @throws {@link JsonError} `json/bad-number`, `json/bad-string`
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return integer(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  return object(value);
}

function object(value: JsonObject): string {
  const members = Object.entries(value).sort(([a], [b]) => compareUtf8(a, b));
  return `{${members.map(([key, member]) => `${quote(key)}:${canonicalJson(member)}`).join(",")}}`;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new JsonError({ code: "json/bad-number", offset: 0 });
  return String(value);
}

/** `JSON.stringify` escapes what `serde_json` does, but for lone surrogates, which it writes as `\ud...`. */
function quote(text: string): string {
  if (loneSurrogate.test(text)) throw new JsonError({ code: "json/bad-string", offset: 0 });
  return JSON.stringify(text);
}

const loneSurrogate = /\p{Surrogate}/u;

/** UTF-8 byte order is code point order; UTF-16 order differs once surrogates are involved. */
function compareUtf8(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    return (a.codePointAt(i) as number) - (b.codePointAt(i) as number);
  }
  return a.length - b.length;
}
