/**
 * Derives the JSON reader of a schema. The cost of reading depends on the text, not on the schema: a struct's
 * reader visits the keys that are present, not all possible fields.
 */
import { toHex } from "@pruntime/core/bytes";
import {
  type Json,
  JsonError,
  type JsonObject,
  type JsonReader,
  type JsonSchema,
  jsonAnyObject,
  jsonArray,
  jsonBool,
  jsonHex,
  jsonMap,
  jsonNullable,
  jsonReader,
  jsonString,
  jsonUnit,
  schemaOf,
} from "@pruntime/core/json";
import { checkCount } from "./count.ts";
import { decimalReader, smallReader } from "./integers.ts";
import { type BytesLimits, isOption, matchSchema, mayBeNull, type SchemaCases } from "./match.ts";
import type { KeySchema, Member, Schema, Value, ValueOf } from "./schema.ts";

/**
 * Returns the reader of a schema's JSON, and the JSON Schema of the same JSON. The reader throws JsonError at
 * the first problem. The error's path consists of the names of fields and cases, the keys of maps, and the
 * indexes of lists. The JSON Schema is less strict in three places: it counts characters of text instead of
 * UTF-16 units, does not check the range of integers in text, and allows upper-case hex in the keys of maps.
 */
export function schemaReader<S extends Schema>(schema: S): JsonReader<ValueOf<S>> {
  return readerOf(schema) as JsonReader<ValueOf<S>>;
}

const readers: SchemaCases<JsonReader<Value>> = {
  unit: () => jsonUnit,
  bool: () => jsonBool,
  small: smallReader,
  large: decimalReader,
  account: () => jsonHex(32),
  text: (max) => jsonString(max),
  bytes: bytesReader,
  option: (of) => jsonMap(jsonNullable(readerOf(of)), (value) => (value === null ? undefined : value)),
  list: (of, max) => jsonArray(readerOf(of), max),
  map: mapReader,
  struct: structReader,
  variant: variantReader,
};

/**
 * Returns a reader of the text of map keys. The reader accepts only one text for each key: for example, it
 * refuses upper-case hex. The reader returns the text unchanged.
 */
export function keyReader(key: KeySchema): JsonReader<string> {
  const reader = matchSchema(key, { ...readers, small: decimalReader });
  return jsonReader(schemaOf(reader), (value, at) => {
    const parsed = reader(value, at);
    if (parsed instanceof Uint8Array && toHex(parsed) !== value)
      throw new JsonError({ code: "json/out-of-range", at, want: "lower-case hex" });
    return value as string;
  });
}

function readerOf(schema: Schema): JsonReader<Value> {
  return matchSchema(schema, readers);
}

function bytesReader({ length, max }: BytesLimits): JsonReader<Uint8Array> {
  const hex = jsonHex(length);
  if (max === undefined) return hex;
  return jsonReader({ ...schemaOf(hex), maxLength: 2 * max }, (value, at) => {
    const bytes = hex(value, at);
    checkCount(bytes.length, max, "bytes", at);
    return bytes;
  });
}

function mapReader(key: KeySchema, of: Schema, max: number | undefined): JsonReader<Value> {
  const [readKey, read] = [keyReader(key), readerOf(of)];
  const schema = {
    type: "object",
    propertyNames: schemaOf(readKey),
    additionalProperties: schemaOf(read),
    ...(max === undefined ? {} : { maxProperties: max }),
  };
  return jsonReader(schema, (value, at) => {
    const entries = Object.entries(jsonAnyObject(value, at));
    checkCount(entries.length, max, "entries", at);
    return new Map(entries.map(([name, entry]) => [readKey(name, at), read(entry, `${at}/${name}`)]));
  });
}

function structReader(fields: readonly Member[]): JsonReader<Value> {
  const fieldReaders = new Map(fields.map(({ name, type }) => [name, readerOf(type)]));
  const required = fields.filter(({ type }) => !isOption(type)).map(({ name }) => name);
  return jsonReader(objectSchema(fieldReaders, required), (value, at) => {
    const read: Record<string, Value> = {};
    for (const [name, entry] of Object.entries(jsonAnyObject(value, at))) {
      const reader = fieldReaders.get(name);
      if (reader !== undefined) read[name] = reader(entry, `${at}/${name}`);
    }
    const missing = required.find((name) => !Object.hasOwn(read, name));
    if (missing !== undefined) throw new JsonError({ code: "json/missing-key", at: `${at}/${missing}` });
    return read;
  });
}

function objectSchema(
  fields: ReadonlyMap<string, JsonReader<Value>>,
  required: readonly string[],
): JsonObject {
  const properties = Object.fromEntries([...fields].map(([name, reader]) => [name, schemaOf(reader)]));
  return { type: "object", properties, required };
}

/**
 * Returns the reader of a variant. `"Name"` alone means that the content of the case is `null`, so the reader
 * refuses a name alone if the type of the content does not allow `null`.
 */
function variantReader(cases: readonly Member[]): JsonReader<Value> {
  const contents = cases.map(({ name, type }) => ({
    name,
    read: readerOf(type),
    isNullable: mayBeNull(type),
  }));
  const readers = new Map(contents.map(({ name, read }) => [name, read]));
  const schemas = contents.flatMap(({ name, read, isNullable }) => {
    const tagged = { ...objectSchema(new Map([[name, read]]), [name]), additionalProperties: false };
    return isNullable ? [{ const: name }, tagged] : [tagged];
  });
  return jsonReader({ anyOf: schemas satisfies JsonSchema[] }, (value, at) => {
    const [kind, content] = typeof value === "string" ? [value, null] : onlyEntry(value, at);
    const read = readers.get(kind);
    if (read === undefined) throw new JsonError({ code: "json/unknown-variant", at });
    return { kind, value: read(content, `${at}/${kind}`) };
  });
}

function onlyEntry(value: Json, at: string): readonly [name: string, content: Json] {
  const [entry, ...others] = Object.entries(jsonAnyObject(value, at));
  if (entry === undefined || others.length > 0) throw new JsonError({ code: "json/unknown-variant", at });
  return entry;
}
