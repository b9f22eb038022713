/**
 * Typed readers. Each turns a {@link Json} value into the type that the interface declares, or throws a coded
 * error. They compose: `jsonObject({ id: jsonU32, value: jsonU128Text })`. A reader also has the JSON Schema
 * of the values that it accepts, so one definition both reads a shape and documents it.
 */
import type { Work } from "../work/index.ts";
import { JsonError } from "./error.ts";
import { defaultLimits, type Json, type JsonLimits, type JsonObject } from "./json.ts";
import { parseJson, parseJsonWork } from "./parse.ts";

/**
 * The JSON Schema of the values that a reader accepts. A reader may be stricter than its schema, but never
 * looser.
 */
export type JsonSchema = JsonObject;

/** Reads a value. `at` is the path of schema keys that leads to the value, for errors only. */
export interface JsonReader<out T, out W = Json> {
  (value: Json, at: string): T;
  /** If absent, generated documentation states that the reader accepts any value. */
  readonly schema?: JsonSchema;
  /** Never set. Only its type is used: the type of the JSON that a caller writes for this reader. */
  readonly wire?: W;
}

/** The type of the values that a reader `R` returns. */
export type Read<R> = R extends JsonReader<infer T, unknown> ? T : never;

/** The type of the JSON that a caller writes for a reader `R`. */
export type Wire<R> = R extends JsonReader<unknown, infer W> ? W : never;

/**
 * Reads a text that consists of one value of the declared shape.
 * @throws {@link JsonError}
 */
export function decodeJson<T>(
  text: string,
  reader: JsonReader<T, unknown>,
  limits: JsonLimits = defaultLimits,
): T {
  return reader(parseJson(text, limits), "");
}

/** Does what {@link decodeJson} does. The text is parsed in units. @throws as {@link decodeJson} */
export function* decodeJsonWork<T>(
  text: string,
  reader: JsonReader<T, unknown>,
  limits: JsonLimits,
): Work<T> {
  return reader(yield* parseJsonWork(text, limits), "");
}

/** Makes a reader from a function and its schema. `schema` must accept every value that `read` accepts. */
export function jsonReader<T, W = Json>(
  schema: JsonSchema,
  read: (value: Json, at: string) => T,
): JsonReader<T, W> {
  return Object.assign((value: Json, at: string) => read(value, at), { schema });
}

/**
 * Makes a reader that passes the result of `reader` through `map`. `map` may throw a coded error of its own.
 */
export function jsonMap<T, W, U>(
  reader: JsonReader<T, W>,
  map: (read: T, at: string) => U,
): JsonReader<U, W> {
  return jsonReader(schemaOf(reader), (value, at) => map(reader(value, at), at));
}

/**
 * Makes a reader that reads the same values as `reader`. Its schema also has the `annotations`, for example a
 * `description`.
 */
export function jsonAnnotated<T, W>(reader: JsonReader<T, W>, annotations: JsonSchema): JsonReader<T, W> {
  return jsonReader({ ...schemaOf(reader), ...annotations }, reader);
}

/** The schema of a reader. For a reader without a schema, this is `{}`, which accepts any value. */
export function schemaOf({ schema = {} }: JsonReader<unknown, unknown>): JsonSchema {
  return schema;
}

/** Makes the error for a value that does not have the type `want`. */
export function wrongType(at: string, want: string): JsonError {
  return new JsonError({ code: "json/wrong-type", at, want });
}

/** Makes the error for a value of the right type that does not satisfy `want`. */
export function outOfRange(at: string, want: string): JsonError {
  return new JsonError({ code: "json/out-of-range", at, want });
}
