/**
 * Typed readers: each turns a {@link Json} value into the type the interface declares, or throws a coded error. They
 * compose: `jsonObject({ id: jsonU32, dest: jsonHex(32), value: jsonU128Text })`. A composed reader also carries the JSON
 * Schema of what it reads, so a shape that is read here is documented from the same value.
 */
import { JsonError } from "./error.ts";
import { defaultLimits, type Json, type JsonLimits, type JsonObject } from "./json.ts";
import { parseJson } from "./parse.ts";

/** JSON Schema (2020-12) of what a reader accepts. The reader may be stricter than its schema, never laxer. */
export type JsonSchema = JsonObject;

/** Reads a value found `at` a path of schema keys; the path is for errors only. */
export interface JsonReader<out T, out W = Json> {
  (value: Json, at: string): T;
  /** Absent: any value, as far as documentation goes. */
  readonly schema?: JsonSchema;
  /** Never set: the JSON type that a writer has to write for this reader. */
  readonly wire?: W;
}

/** The value that a reader returns. */
export type Read<R> = R extends JsonReader<infer T, unknown> ? T : never;

/** The JSON that a reader reads. */
export type Wire<R> = R extends JsonReader<unknown, infer W> ? W : never;

/** Reads a text that is one value of the declared shape. @throws {@link JsonError} */
export function decodeJson<T>(
  text: string,
  reader: JsonReader<T, unknown>,
  limits: JsonLimits = defaultLimits,
): T {
  return reader(parseJson(text, limits), "");
}

/** A reader of these values; `schema` must accept all that `read` returns from. */
export function jsonReader<T, W = Json>(
  schema: JsonSchema,
  read: (value: Json, at: string) => T,
): JsonReader<T, W> {
  return Object.assign((value: Json, at: string) => read(value, at), { schema });
}

/** Turns what `reader` returns into something else. `map` may refuse what it is given with a coded error of its own. */
export function jsonMap<T, W, U>(
  reader: JsonReader<T, W>,
  map: (read: T, at: string) => U,
): JsonReader<U, W> {
  return jsonReader(schemaOf(reader), (value, at) => map(reader(value, at), at));
}

/** The same reader with more to say in its schema, for example a `description`. */
export function jsonAnnotated<T, W>(reader: JsonReader<T, W>, annotations: JsonSchema): JsonReader<T, W> {
  return jsonReader({ ...schemaOf(reader), ...annotations }, reader);
}

/** What documentation says of a reader. */
export function schemaOf({ schema = {} }: JsonReader<unknown, unknown>): JsonSchema {
  return schema;
}

/** A value of another type than the interface declares. */
export function wrongType(at: string, want: string): JsonError {
  return new JsonError({ code: "json/wrong-type", at, want });
}

/** A value of the declared type that is not one of those allowed. */
export function outOfRange(at: string, want: string): JsonError {
  return new JsonError({ code: "json/out-of-range", at, want });
}
