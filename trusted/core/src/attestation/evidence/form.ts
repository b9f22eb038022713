/**
 * The JSON form of a kind of evidence: an object with its `kind` and one key for each part. Bytes are base64;
 * registers are hex. Signed or downloaded texts are JSON strings, so that every byte is preserved. The reader
 * refuses unknown keys, and checks lengths before it decodes.
 */
import { fromUtf8, toBase64, toHex, utf8 } from "../../bytes/index.ts";
import {
  type Json,
  JsonError,
  type JsonObject,
  type JsonReader,
  jsonArray,
  jsonBase64,
  jsonEnum,
  jsonHex,
  jsonMap,
  jsonObject,
  jsonReader,
  jsonString,
  schemaOf,
} from "../../json/index.ts";
import { evidenceLimits } from "./limits.ts";

/** A vendor that endorses evidence. A verifier needs the vendor's endorsements beside the evidence. */
export type Endorser = "intel" | "amd" | "intel-ias";

/** The reader and the writer for one type's JSON. */
export interface JsonForm<T> {
  /** @throws JsonError, BytesError */
  readonly read: JsonReader<T>;
  /** @throws BytesError if a text is not UTF-8 */
  readonly write: (value: T) => JsonObject;
  /** All keys except `kind`. */
  readonly keys: readonly string[];
}

/** The JSON form of one kind. `E` is evidence from hardware; `D` is the same evidence with endorsements. */
export interface EvidenceForm<E, D> {
  readonly kind: string;
  /** `undefined` for a kind that no worker makes. */
  readonly evidence: JsonForm<E> | undefined;
  readonly endorsed: JsonForm<D>;
  /**
   * The endorser of the evidence, and the part of the evidence that the endorser needs. `undefined` for a
   * kind for which this program requests no endorsements.
   */
  readonly endorser: { readonly name: Endorser; readonly sees: (evidence: E) => Uint8Array } | undefined;
}

/** One part of evidence: its key, and how its value is read and written. */
export interface Part<T> {
  readonly key: string;
  readonly read: JsonReader<T>;
  readonly write: (part: T) => Json;
}

/** One part for each field of `T` except its kind. */
export type Parts<T> = { readonly [N in keyof Omit<T, "kind">]: Part<T[N]> };

/** A part that consists of at most `maxBytes` bytes, in base64. */
export function bytesPart(key: string, maxBytes: number): Part<Uint8Array> {
  return { key, read: jsonBase64(maxBytes), write: toBase64 };
}

/** A part that consists of UTF-8 text: its bytes in memory, a string in JSON. */
export function textPart(key: string, maxBytes: number): Part<Uint8Array> {
  return { key, read: jsonMap(jsonString(maxBytes), utf8), write: fromUtf8 };
}

/** A part that consists of DER certificates, in JSON a list of base64 strings. */
export function certificatesPart(key: string): Part<readonly Uint8Array[]> {
  const { certificate, certificates } = evidenceLimits;
  return {
    key,
    read: jsonArray(jsonBase64(certificate), certificates),
    write: (chain) => chain.map(toBase64),
  };
}

/** A part that consists of at most `most` registers of `length` bytes each, in JSON a list of hex strings. */
export function registersPart(key: string, length: number, most: number): Part<readonly Uint8Array[]> {
  return { key, read: jsonArray(jsonHex(length), most), write: (registers) => registers.map(toHex) };
}

/** Makes the JSON form of one kind of evidence from its parts. */
export function jsonForm<T extends { readonly kind: string }>(kind: T["kind"], parts: Parts<T>): JsonForm<T> {
  const all = Object.entries<Part<unknown>>(parts as Readonly<Record<string, Part<unknown>>>);
  const shape = Object.fromEntries(all.map(([, { key, read }]) => [key, read]));
  const read = jsonMap(jsonObject({ ...shape, kind: jsonEnum([kind]) }), (value) => {
    const fields = value as Readonly<Record<string, unknown>>;
    return { kind, ...Object.fromEntries(all.map(([name, { key }]) => [name, fields[key]])) } as T;
  });
  const write = (value: T): JsonObject => {
    const fields = value as Readonly<Record<string, unknown>>;
    return { kind, ...Object.fromEntries(all.map(([name, part]) => [part.key, part.write(fields[name])])) };
  };
  return { read, write, keys: all.map(([, { key }]) => key) };
}

const kindOf = jsonObject({ kind: jsonString(16) }, "ignored");

/**
 * Makes a reader that looks up the `kind` of the JSON in `readers` and then calls the reader found there. The
 * keys of `readers` are the kinds.
 */
export function readByKind<T>(readers: Readonly<Record<string, JsonReader<T>>>): JsonReader<T> {
  const schema = { anyOf: Object.values(readers).map((reader) => schemaOf(reader)) };
  return jsonReader(schema, (value, at) => {
    const { kind } = kindOf(value, at);
    const reader = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
    if (reader === undefined) throw new JsonError({ code: "json/unknown-variant", at: `${at}/kind` });
    return reader(value, at);
  });
}
