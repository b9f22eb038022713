/**
 * Typed readers. Each turns a {@link Json} value into the type that the interface declares, or throws a coded
 * error. They compose: `jsonObject({ id: jsonU32, value: jsonU128Text })`. A composed reader also carries the
 * JSON Schema of what it reads, so one value both reads a shape and documents it.
 */
import { JsonError } from "./error.ts";
import { defaultLimits, type Json, type JsonLimits, type JsonObject } from "./json.ts";
import { parseJson } from "./parse.ts";

/** JSON Schema of what a reader accepts. A reader may be stricter than its schema, never laxer. */
export type JsonSchema = JsonObject;

/** Reads a value found `at` a path of schema keys; the path is for errors only. */
export interface JsonReader<out T, out W = Json> {
  (value: Json, at: string): T;
  /** Absent: the reader is documented as one of any value. */
  readonly schema?: JsonSchema;
  /** Never set: the JSON type that a writer has to write for this reader. */
  readonly wire?: W;
}

/** The type of the values that a reader `R` returns. */
export type Read<R> = R extends JsonReader<infer T, unknown> ? T : never;

/** The type of the JSON that a writer has to write for a reader `R`. */
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

/** Turns what `reader` returns into something else. `map` may refuse it with a coded error of its own. */
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

/** The schema of a reader; `{}`, which any value fits, where the reader has none. */
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
