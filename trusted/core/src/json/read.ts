/**
 * Typed readers: each turns a {@link Json} value into the type the interface declares, or throws a coded error. They compose:
 * `jsonObject({ id: jsonU32, dest: jsonHex(32), value: jsonU128Text })`.
 */
import { BytesError, from0x, fromBase64, fromHex } from "../bytes/index.ts";
import { JsonError } from "./error.ts";
import { defaultLimits, type Json, type JsonLimits, type JsonObject } from "./json.ts";
import { parseJson } from "./parse.ts";

/** Reads a value found `at` a path of schema keys (for errors only). */
export type JsonReader<T> = (value: Json, at: string) => T;

/** What a reader makes. */
export type Read<R> = R extends JsonReader<infer T> ? T : never;

/** Reads a text that is one value of the declared shape. @throws {@link JsonError} */
export function decodeJson<T>(text: string, reader: JsonReader<T>, limits: JsonLimits = defaultLimits): T {
  return reader(parseJson(text, limits), "");
}

/** Any value, left unread. */
export const jsonAny: JsonReader<Json> = (value) => value;

export const jsonBool: JsonReader<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw wrongType(at, "boolean");
  return value;
};

/** A string of at most `maxLength` UTF-16 units. */
export function jsonString(maxLength: number = Number.MAX_SAFE_INTEGER): JsonReader<string> {
  return (value, at) => {
    if (typeof value !== "string") throw wrongType(at, "string");
    if (value.length > maxLength) throw outOfRange(at, `at most ${maxLength} characters`);
    return value;
  };
}

/** An integer in [0, 2^32). */
export const jsonU32: JsonReader<number> = (value, at) => {
  if (typeof value === "bigint") throw outOfRange(at, "u32");
  if (typeof value !== "number") throw wrongType(at, "u32");
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw outOfRange(at, "u32");
  return value;
};

/** A `u128` as a decimal string without sign or leading zeros, as 2020 wrote balances. */
export const jsonU128Text: JsonReader<bigint> = (value, at) => {
  if (typeof value !== "string") throw wrongType(at, "decimal string");
  if (!/^(?:0|[1-9][0-9]{0,38})$/.test(value)) throw outOfRange(at, "u128");
  const number = BigInt(value);
  if (number >> 128n !== 0n) throw outOfRange(at, "u128");
  return number;
};

/** Hex without `0x` of exactly `length` bytes. */
export function jsonHex(length: number): JsonReader<Uint8Array> {
  return (value, at) => {
    if (typeof value !== "string") throw wrongType(at, "hex string");
    if (value.length !== 2 * length) throw outOfRange(at, `${length} bytes of hex`);
    return decodeText(value, fromHex, at, "hex");
  };
}

/** Hex with `0x`, of exactly `length` bytes if that is given. */
export function json0x(length?: number): JsonReader<Uint8Array> {
  return (value, at) => {
    if (typeof value !== "string") throw wrongType(at, "0x hex string");
    if (length !== undefined && value.length !== 2 + 2 * length)
      throw outOfRange(at, `${length} bytes of hex after 0x`);
    return decodeText(value, from0x, at, "0x hex");
  };
}

/** A `u64` as a number or, as it should be from 2^53 on, a decimal string. */
export const jsonU64: JsonReader<bigint> = (value, at) => {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw outOfRange(at, "u64");
  const number =
    typeof value === "number" || typeof value === "bigint" ? BigInt(value) : jsonU128Text(value, at);
  if (number >> 64n !== 0n) throw outOfRange(at, "u64");
  return number;
};

/** Padded base64 of at most `maxBytes` bytes. */
export function jsonBase64(maxBytes: number = Number.MAX_SAFE_INTEGER): JsonReader<Uint8Array> {
  return (value, at) => {
    if (typeof value !== "string") throw wrongType(at, "base64 string");
    if (value.length > Math.ceil(maxBytes / 3) * 4) throw outOfRange(at, `at most ${maxBytes} bytes`);
    const bytes = decodeText(value, fromBase64, at, "base64");
    if (bytes.length > maxBytes) throw outOfRange(at, `at most ${maxBytes} bytes`);
    return bytes;
  };
}

/** An array of at most `maxItems`. */
export function jsonArray<T>(
  item: JsonReader<T>,
  maxItems: number = Number.MAX_SAFE_INTEGER,
): JsonReader<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw wrongType(at, "array");
    const items = value as readonly Json[];
    if (items.length > maxItems) throw outOfRange(at, `at most ${maxItems} items`);
    return items.map((entry, i) => item(entry, `${at}/${i}`));
  };
}

/** `null`, or what `reader` reads. */
export function jsonNullable<T>(reader: JsonReader<T>): JsonReader<T | null> {
  return (value, at) => (value === null ? null : reader(value, at));
}

/** A key that may be absent; then it reads as `undefined`. Only inside {@link jsonObject}. */
export function jsonOptional<T>(reader: JsonReader<T>): OptionalReader<T> {
  return { optional: reader };
}

export interface OptionalReader<T> {
  readonly optional: JsonReader<T>;
}

type Shape = Readonly<Record<string, JsonReader<unknown> | OptionalReader<unknown>>>;

type FromShape<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends OptionalReader<infer T> ? T | undefined : Read<S[K]>;
};

/** An object with the keys of `shape`. Keys beyond them are refused, or ignored as serde does by default. */
export function jsonObject<S extends Shape>(
  shape: S,
  unknownKeys: "refused" | "ignored" = "refused",
): JsonReader<FromShape<S>> {
  const readers = Object.entries(shape);
  return (value, at) => {
    const object = asObject(value, at);
    if (unknownKeys === "refused" && Object.keys(object).some((key) => !Object.hasOwn(shape, key)))
      throw new JsonError({ code: "json/unknown-key", at });
    const fields: Record<string, unknown> = {};
    for (const [key, reader] of readers) fields[key] = readKey(object, key, reader, `${at}/${key}`);
    return fields as FromShape<S>;
  };
}

function readKey(object: JsonObject, key: string, reader: Shape[string], at: string): unknown {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (typeof reader !== "function") return value === undefined ? undefined : reader.optional(value, at);
  if (value === undefined) throw new JsonError({ code: "json/missing-key", at });
  return reader(value, at);
}

/** A variant without content: `"Name"` (or `{"Name":null}`, which serde reads too). */
export const jsonUnit: JsonReader<null> = (value, at) => {
  if (value !== null) throw wrongType(at, "null");
  return null;
};

type Variants = Readonly<Record<string, JsonReader<unknown>>>;

type FromVariants<V extends Variants> = {
  readonly [K in keyof V]: { readonly kind: K; readonly value: Read<V[K]> };
}[keyof V];

/** An externally tagged enum as serde writes it: `"Name"` for a {@link jsonUnit}, `{"Name": content}` otherwise. */
export function jsonVariant<V extends Variants>(variants: V): JsonReader<FromVariants<V>> {
  return (value, at) => {
    const [kind, content] = typeof value === "string" ? [value, null] : onlyEntry(value, at);
    const reader = Object.hasOwn(variants, kind) ? variants[kind] : undefined;
    if (reader === undefined) throw new JsonError({ code: "json/unknown-variant", at });
    if (typeof value === "string" && reader !== jsonUnit) throw wrongType(`${at}/${kind}`, "content");
    return { kind, value: reader(content, `${at}/${kind}`) } as FromVariants<V>;
  };
}

function onlyEntry(value: Json, at: string): [string, Json] {
  const entries = Object.entries(asObject(value, at));
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) throw new JsonError({ code: "json/unknown-variant", at });
  return entry;
}

function asObject(value: Json, at: string): JsonObject {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw wrongType(at, "object");
  return value as JsonObject;
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

function wrongType(at: string, want: string): JsonError {
  return new JsonError({ code: "json/wrong-type", at, want });
}

function outOfRange(at: string, want: string): JsonError {
  return new JsonError({ code: "json/out-of-range", at, want });
}
