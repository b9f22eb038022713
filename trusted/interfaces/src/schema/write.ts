/** Derives the JSON writer of a schema, which writes what the schema's reader reads. */
import { toHex } from "@pruntime/core/bytes";
import { type Json, JsonError } from "@pruntime/core/json";
import { checkCount } from "./count.ts";
import { checkInteger } from "./integers.ts";
import { type BytesLimits, isOption, matchSchema, mayBeNull, type SchemaCases } from "./match.ts";
import { keyReader } from "./read.ts";
import type { KeySchema, Member, Schema, Value, ValueOf } from "./schema.ts";

/** Writes a value as JSON. The path to the value, `at`, is used only in errors. */
export type JsonWriter<T> = (value: T, at: string) => Json;

/**
 * Returns the writer of a schema's JSON. The writer omits absent options of a struct. It writes a case of a
 * variant as the name alone if the content is `null`. It throws JsonError, with the path, for an integer,
 * length, map key or case that the schema does not allow.
 */
export function schemaWriter<S extends Schema>(schema: S): JsonWriter<ValueOf<S>> {
  return writerOf(schema);
}

/** The signature of {@link schemaWriter} guarantees that the casts below are correct. */
const writers: SchemaCases<JsonWriter<Value>> = {
  unit: () => () => null,
  bool: () => (value) => value as boolean,
  small: (integer) => (value, at) => checkInteger(integer, value as number, at),
  large: (integer) => (value, at) => String(checkInteger(integer, value as bigint, at)),
  account: () => bytesWriter({ length: 32, max: undefined }),
  text: textWriter,
  bytes: bytesWriter,
  option: optionWriter,
  list: listWriter,
  map: mapWriter,
  struct: structWriter,
  variant: variantWriter,
};

function writerOf(schema: Schema): JsonWriter<Value> {
  return matchSchema(schema, writers);
}

function textWriter(max: number | undefined): JsonWriter<Value> {
  return (value, at) => {
    const text = value as string;
    checkCount(text.length, max, "characters", at);
    return text;
  };
}

function bytesWriter({ length, max }: BytesLimits): JsonWriter<Value> {
  return (value, at) => {
    const bytes = value as Uint8Array;
    if (length !== undefined && bytes.length !== length)
      throw new JsonError({ code: "json/out-of-range", at, want: `${length} bytes` });
    checkCount(bytes.length, max, "bytes", at);
    return toHex(bytes);
  };
}

function optionWriter(of: Schema): JsonWriter<Value> {
  const write = writerOf(of);
  return (value, at) => (value === undefined ? null : write(value, at));
}

function listWriter(of: Schema, max: number | undefined): JsonWriter<Value> {
  const write = writerOf(of);
  return (value, at) => {
    const items = value as readonly Value[];
    checkCount(items.length, max, "items", at);
    return items.map((item, i) => write(item, `${at}/${i}`));
  };
}

function mapWriter(key: KeySchema, of: Schema, max: number | undefined): JsonWriter<Value> {
  const [readKey, write] = [keyReader(key), writerOf(of)];
  return (value, at) => {
    const entries = [...(value as ReadonlyMap<string, Value>)];
    checkCount(entries.length, max, "entries", at);
    return Object.fromEntries(
      entries.map(([name, entry]) => [readKey(name, at), write(entry, `${at}/${name}`)]),
    );
  };
}

function structWriter(fields: readonly Member[]): JsonWriter<Value> {
  const fieldWriters = fields.map(({ name, type }) => ({
    name,
    write: writerOf(type),
    isOption: isOption(type),
  }));
  return (value, at) => {
    const struct = value as Readonly<Record<string, Value>>;
    const written: Record<string, Json> = {};
    for (const { name, write, isOption } of fieldWriters)
      if (!isOption || (Object.hasOwn(struct, name) && struct[name] !== undefined))
        written[name] = write(struct[name], `${at}/${name}`);
    return written;
  };
}

function variantWriter(cases: readonly Member[]): JsonWriter<Value> {
  const contents = new Map(
    cases.map(({ name, type }) => [name, { write: writerOf(type), nameAlone: mayBeNull(type) }]),
  );
  return (value, at) => {
    const { kind, value: inner } = value as { readonly kind: string; readonly value: Value };
    const known = contents.get(kind);
    if (known === undefined) throw new JsonError({ code: "json/unknown-variant", at });
    const content = known.write(inner, `${at}/${kind}`);
    return content === null && known.nameAlone ? kind : { [kind]: content };
  };
}
