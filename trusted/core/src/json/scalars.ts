/** Readers of single values: booleans, text, numbers, bytes. */
import { BytesError, from0x, fromBase64, fromHex } from "../bytes/index.ts";
import { JsonError } from "./error.ts";
import type { Json } from "./json.ts";
import { type JsonReader, jsonReader, outOfRange, wrongType } from "./reader.ts";

/** Accepts any value and returns it unchecked. */
export const jsonAny: JsonReader<Json> = jsonReader({}, (value) => value);

/** Reads `true` or `false`. */
export const jsonBool: JsonReader<boolean, boolean> = jsonReader({ type: "boolean" }, (value, at) => {
  if (typeof value !== "boolean") throw wrongType(at, "boolean");
  return value;
});

/** Reads a string of at most `maxLength` UTF-16 units. */
export function jsonString(maxLength: number = Number.MAX_SAFE_INTEGER): JsonReader<string, string> {
  return jsonReader({ type: "string", ...upTo("maxLength", maxLength) }, (value, at) => {
    const text = asString(value, at, "string");
    if (text.length > maxLength) throw outOfRange(at, `at most ${maxLength} characters`);
    return text;
  });
}

/** Reads a string that matches `pattern`. `want` describes the pattern in words, for errors. */
export function jsonPattern(pattern: RegExp, want: string): JsonReader<string, string> {
  return jsonReader({ type: "string", pattern: pattern.source }, (value, at) => {
    const text = asString(value, at, "string");
    if (!pattern.test(text)) throw outOfRange(at, want);
    return text;
  });
}

/** Reads one of the given strings. */
export function jsonEnum<const T extends string>(values: readonly T[]): JsonReader<T, T> {
  return jsonReader({ enum: values }, (value, at) => {
    const text = asString(value, at, "string");
    const known = values.find((one) => one === text);
    if (known === undefined) throw new JsonError({ code: "json/unknown-variant", at });
    return known;
  });
}

/** Reads an integer in [0, 2^32). */
export const jsonU32: JsonReader<number, number> = jsonReader(
  { type: "integer", minimum: 0, maximum: 0xffff_ffff },
  (value, at) => {
    if (typeof value === "bigint") throw outOfRange(at, "u32");
    if (typeof value !== "number") throw wrongType(at, "u32");
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw outOfRange(at, "u32");
    return value;
  },
);

const decimal = /^(?:0|[1-9][0-9]{0,38})$/;

/** Reads a `u128` written as a decimal string without sign or leading zeros, the 2020 form of balances. */
export const jsonU128Text: JsonReader<bigint, string> = jsonReader(
  { type: "string", pattern: decimal.source },
  (value, at) => {
    const text = asString(value, at, "decimal string");
    if (!decimal.test(text)) throw outOfRange(at, "u128");
    const number = BigInt(text);
    if (number >> 128n !== 0n) throw outOfRange(at, "u128");
    return number;
  },
);

/**
 * Reads a `u64` written as a number or a decimal string. Writers should use a string for values from 2^53 on.
 */
export const jsonU64: JsonReader<bigint, number | bigint | string> = jsonReader(
  {
    anyOf: [
      { type: "integer", minimum: 0 },
      { type: "string", pattern: decimal.source },
    ],
  },
  (value, at) => {
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw outOfRange(at, "u64");
    const number =
      typeof value === "number" || typeof value === "bigint" ? BigInt(value) : jsonU128Text(value, at);
    if (number >> 64n !== 0n) throw outOfRange(at, "u64");
    return number;
  },
);

/** Reads hex without `0x`, of exactly `length` bytes if `length` is given. */
export function jsonHex(length?: number): JsonReader<Uint8Array, string> {
  const pattern = length === undefined ? "^([0-9a-fA-F]{2})*$" : `^[0-9a-fA-F]{${2 * length}}$`;
  return jsonReader({ type: "string", pattern }, (value, at) => {
    const text = asString(value, at, "hex string");
    if (length !== undefined && text.length !== 2 * length) throw outOfRange(at, `${length} bytes of hex`);
    return decodeText(text, fromHex, at, "hex");
  });
}

/** Reads hex with `0x`, of exactly `length` bytes if `length` is given. */
export function json0x(length?: number): JsonReader<Uint8Array, string> {
  const pattern = length === undefined ? "^0x([0-9a-fA-F]{2})*$" : `^0x[0-9a-fA-F]{${2 * length}}$`;
  return jsonReader({ type: "string", pattern }, (value, at) => {
    const text = asString(value, at, "0x hex string");
    if (length !== undefined && text.length !== 2 + 2 * length)
      throw outOfRange(at, `${length} bytes of hex after 0x`);
    return decodeText(text, from0x, at, "0x hex");
  });
}

/** Reads padded base64 of at most `maxBytes` bytes. */
export function jsonBase64(maxBytes: number = Number.MAX_SAFE_INTEGER): JsonReader<Uint8Array, string> {
  const maxLength = Math.ceil(maxBytes / 3) * 4;
  const schema = { type: "string", contentEncoding: "base64", ...upTo("maxLength", maxLength) };
  return jsonReader(schema, (value, at) => {
    const text = asString(value, at, "base64 string");
    if (text.length > maxLength) throw outOfRange(at, `at most ${maxBytes} bytes`);
    const bytes = decodeText(text, fromBase64, at, "base64");
    if (bytes.length > maxBytes) throw outOfRange(at, `at most ${maxBytes} bytes`);
    return bytes;
  });
}

/**
 * Returns a limit as a JSON Schema keyword. Returns no keyword for `Number.MAX_SAFE_INTEGER`, which means
 * that there is no limit.
 */
export function upTo(
  keyword: "maxLength" | "maxItems",
  limit: number,
): { readonly [keyword: string]: number } {
  return limit < Number.MAX_SAFE_INTEGER ? { [keyword]: limit } : {};
}

function asString(value: Json, at: string, want: string): string {
  if (typeof value !== "string") throw wrongType(at, want);
  return value;
}

function decodeText(
  text: string,
  decode: (text: string) => Uint8Array,
  at: string,
  want: string,
): Uint8Array {
  try {
    return decode(text);
  } catch (cause) {
    if (!(cause instanceof BytesError)) throw cause;
    throw new JsonError({ code: "json/wrong-type", at, want }, { cause });
  }
}
