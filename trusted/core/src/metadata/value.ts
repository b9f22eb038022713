/** Values of runtime types, and the reader that limits their size. */
import { Reader } from "../scale/index.ts";
import { MetadataError } from "./error.ts";

/**
 * A value of any runtime type. Integer types of up to 32 bits are read as numbers, and larger integer types
 * as bigints. Byte strings are views of the input. A type with a single, unnamed field has the value of that
 * field. `()` is `null`, and an absent option is `undefined`. The outer option of an `Option<Option<T>>` is a
 * {@link VariantValue}.
 */
export type Value =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | VariantValue
  | BitSequence
  | NamedFields;

/**
 * A variant of an enum. The value is a single unnamed field, a list of unnamed fields, named fields, or
 * `null` when the variant has no fields.
 */
export interface VariantValue {
  readonly kind: string;
  readonly value: Value;
}

/** Values by field name. The key of an unnamed field is its position. */
export interface NamedFields {
  readonly [name: string]: Value;
}

/** The field of this name; `undefined` if the value has none. */
export function fieldOf(value: Value, name: string): Value {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined;
  return (value as NamedFields)[name];
}

/** An integer value of any width as a number; 0 for any other value. */
export function numberOf(value: Value): number {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : 0;
}

/**
 * A sequence of bits. Its type defines the order of the bits and the size of the elements that store them.
 * Unused bits of the last element are zero.
 */
export interface BitSequence {
  /** The number of bits. */
  readonly length: number;
  readonly bytes: Uint8Array;
}

/**
 * How deeply the values of the chain's types may be nested.
 * @limit levels
 * @source Substrate: it does not decode calls that are nested more deeply
 * @past `metadata/too-deep`
 */
const maxDepth = 256;

/**
 * The parts of a value (such as fields and elements) for each byte of input.
 * @limit parts
 * @source chosen: values of real types have far fewer
 * @past `metadata/too-large`
 */
const partsPerByte = 16;
/**
 * The parts that a value may have in addition, for types whose values take no bytes.
 * @limit parts
 * @source chosen: values of real types have far fewer
 * @past `metadata/too-large`
 */
const spareParts = 1024;

/**
 * A reader that also limits how deeply a value is nested and how many parts the value has. Neither deep
 * nesting nor parts that take no bytes can therefore exhaust memory.
 */
export class ValueReader extends Reader {
  #depth = 0;
  #partsLeft: number;

  constructor(bytes: Uint8Array) {
    super(bytes);
    this.#partsLeft = partsPerByte * bytes.length + spareParts;
  }

  /**
   * Starts a value that has `parts` parts. {@link ValueReader.leave} ends the value.
   * @throws {@link MetadataError} `metadata/too-deep`, `metadata/too-large`
   */
  enter(parts: number): void {
    if (++this.#depth > maxDepth)
      throw new MetadataError({ code: "metadata/too-deep", offset: this.offset, limit: maxDepth });
    this.spend(parts);
  }

  /** Counts parts that are about to be read. @throws {@link MetadataError} `metadata/too-large` */
  spend(parts: number): void {
    this.#partsLeft -= parts;
    if (this.#partsLeft < 0) throw new MetadataError({ code: "metadata/too-large", offset: this.offset });
  }

  /** Ends the value that was started last. After an error, the reader must not be used again. */
  leave(): void {
    this.#depth--;
  }
}
