/**
 * A JSON value. The parser returns a `bigint` for an integer beyond ±(2^53 − 1) that is written without a
 * fraction or an exponent. Parsed objects have no prototype.
 */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

/** The values of an object by their keys. A parsed object inherits no keys. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Limits that the parser enforces on a text. */
export interface JsonLimits {
  /** Length of the whole text, in UTF-16 units. */
  readonly maxLength: number;
  /** How deeply arrays and objects may be nested. */
  readonly maxDepth: number;
}

/**
 * A JSON text that has no limits of its own.
 * @limit characters, levels
 * @source chosen
 * @past `json/too-long` or `json/too-deep`
 */
export const defaultLimits: JsonLimits = { maxLength: 1 << 20, maxDepth: 64 };
