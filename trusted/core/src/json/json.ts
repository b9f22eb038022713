/** A JSON value. Integers beyond ±(2^53 − 1) are `bigint`; objects that were parsed have no prototype. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

/** An object by its keys. One that was parsed inherits none. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Bounds that hold before anything is built. */
export interface JsonLimits {
  /** UTF-16 units of the whole text. */
  readonly maxLength: number;
  /** Nested arrays and objects. */
  readonly maxDepth: number;
}

/** One MiB of text, 64 levels. */
export const defaultLimits: JsonLimits = { maxLength: 1 << 20, maxDepth: 64 };
