/** Readers of compound values: arrays, objects, variants. */
import { JsonError } from "./error.ts";
import type { Json, JsonObject } from "./json.ts";
import {
  type JsonReader,
  type JsonSchema,
  jsonReader,
  outOfRange,
  type Read,
  schemaOf,
  type Wire,
  wrongType,
} from "./reader.ts";
import { upTo } from "./scalars.ts";

/** Reads an array of at most `maxItems` items. */
export function jsonArray<T, W>(
  item: JsonReader<T, W>,
  maxItems: number = Number.MAX_SAFE_INTEGER,
): JsonReader<readonly T[], readonly W[]> {
  const schema = { type: "array", items: schemaOf(item), ...upTo("maxItems", maxItems) };
  return jsonReader(schema, (value, at) => {
    if (!Array.isArray(value)) throw wrongType(at, "array");
    const items = value as readonly Json[];
    if (items.length > maxItems) throw outOfRange(at, `at most ${maxItems} items`);
    return items.map((entry, i) => item(entry, `${at}/${i}`));
  });
}

/** Reads `null`, or what `reader` reads. */
export function jsonNullable<T, W>(reader: JsonReader<T, W>): JsonReader<T | null, W | null> {
  const schema = { anyOf: [schemaOf(reader), { type: "null" }] };
  return jsonReader(schema, (value, at) => (value === null ? null : reader(value, at)));
}

/** Marks a key of a {@link jsonObject} as optional. An absent key reads as `undefined`. */
export function jsonOptional<T, W>(reader: JsonReader<T, W>): OptionalReader<T, W> {
  return { optional: reader };
}

/** The reader of an optional key. */
export interface OptionalReader<out T, out W = unknown> {
  readonly optional: JsonReader<T, W>;
}

/** Accepts any object, and returns the object with its keys and values unchecked. */
export const jsonAnyObject: JsonReader<JsonObject, JsonObject> = jsonReader({ type: "object" }, asObject);

type Shape = Readonly<Record<string, JsonReader<unknown, unknown> | OptionalReader<unknown>>>;

type FromShape<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends OptionalReader<infer T> ? T | undefined : Read<S[K]>;
};

/** The JSON that a caller writes for a shape, with optional keys where the shape has them. */
type WireOfShape<S extends Shape> = {
  readonly [K in keyof S as S[K] extends OptionalReader<unknown> ? never : K]: Wire<S[K]>;
} & {
  readonly [K in keyof S as S[K] extends OptionalReader<unknown> ? K : never]?: S[K] extends OptionalReader<
    unknown,
    infer W
  >
    ? W
    : never;
};

/** Reads an object with the keys of `shape`. Other keys are refused, unless `unknownKeys` is `"ignored"`. */
export function jsonObject<S extends Shape>(
  shape: S,
  unknownKeys: "refused" | "ignored" = "refused",
): JsonReader<FromShape<S>, WireOfShape<S>> {
  const readers = Object.entries(shape);
  return jsonReader(objectSchema(readers, unknownKeys), (value, at) => {
    const object = asObject(value, at);
    if (unknownKeys === "refused" && Object.keys(object).some((key) => !Object.hasOwn(shape, key)))
      throw new JsonError({ code: "json/unknown-key", at });
    const fields: Record<string, unknown> = {};
    for (const [key, reader] of readers) fields[key] = readKey(object, key, reader, `${at}/${key}`);
    return fields as FromShape<S>;
  });
}

function objectSchema(
  readers: readonly (readonly [string, Shape[string]])[],
  unknownKeys: "refused" | "ignored",
): JsonSchema {
  const properties = readers.map(([key, reader]) => [
    key,
    schemaOf(isOptional(reader) ? reader.optional : reader),
  ]);
  return {
    type: "object",
    properties: Object.fromEntries(properties) as JsonObject,
    required: readers.flatMap(([key, reader]) => (isOptional(reader) ? [] : [key])),
    ...(unknownKeys === "refused" ? { additionalProperties: false } : {}),
  };
}

function readKey(object: JsonObject, key: string, reader: Shape[string], at: string): unknown {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (isOptional(reader)) return value === undefined ? undefined : reader.optional(value, at);
  if (value === undefined) throw new JsonError({ code: "json/missing-key", at });
  return reader(value, at);
}

function isOptional(reader: Shape[string]): reader is OptionalReader<unknown> {
  return typeof reader !== "function";
}

/**
 * The reader for a variant without content. {@link jsonVariant} reads such a variant from `"Name"` or, as
 * serde does, from `{"Name":null}`.
 */
export const jsonUnit: JsonReader<null, null> = jsonReader({ type: "null" }, (value, at) => {
  if (value !== null) throw wrongType(at, "null");
  return null;
});

type Variants = Readonly<Record<string, JsonReader<unknown, unknown>>>;

type FromVariants<V extends Variants> = {
  readonly [K in keyof V]: { readonly kind: K; readonly value: Read<V[K]> };
}[keyof V];

/**
 * Reads an enum in serde's externally tagged form: `"Name"` for a variant without content ({@link jsonUnit}),
 * and `{"Name":content}` for a variant with content. Returns the name as `kind` and the content as `value`.
 */
export function jsonVariant<V extends Variants>(variants: V): JsonReader<FromVariants<V>> {
  const schema = {
    anyOf: Object.entries(variants).flatMap(([name, reader]) => variantSchemas(name, reader)),
  };
  return jsonReader(schema, (value, at) => {
    const [kind, content] = typeof value === "string" ? [value, null] : onlyEntry(value, at);
    const reader = Object.hasOwn(variants, kind) ? variants[kind] : undefined;
    if (reader === undefined) throw new JsonError({ code: "json/unknown-variant", at });
    if (typeof value === "string" && reader !== jsonUnit) throw wrongType(`${at}/${kind}`, "content");
    return { kind, value: reader(content, `${at}/${kind}`) } as FromVariants<V>;
  });
}

function variantSchemas(name: string, reader: JsonReader<unknown, unknown>): readonly JsonSchema[] {
  const tagged = objectSchema([[name, reader]], "refused");
  return reader === jsonUnit ? [{ const: name }, tagged] : [tagged];
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
