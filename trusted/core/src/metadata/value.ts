/** Values of runtime types, and the cursor that reads them within bounds. */
import { Reader } from "../scale/index.ts";
import { MetadataError } from "./error.ts";

/**
 * A value of any runtime type. Integers up to 32 bits are numbers, larger ones bigints; byte strings are views of the input.
 * A type with exactly one unnamed field is written as that field; `()` is `null`; an absent option is `undefined`.
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

/** One alternative of an enum, with its only unnamed field, its unnamed fields in order, its named fields, or `null` without any. */
export interface VariantValue {
  readonly kind: string;
  readonly value: Value;
}

export interface NamedFields {
  readonly [name: string]: Value;
}

/** Bits in the order and element size of their type; what is left of the last element is zero. */
export interface BitSequence {
  /** Of bits. */
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** Nested values; substrate itself decodes no call deeper. */
const maxDepth = 256;

/** Parts per byte, beyond any real type's, and what even an empty input may have. */
const [partsPerByte, spareParts] = [16, 1024];

/** A cursor that also bounds nesting and the number of parts, so that neither recursion nor parts without bytes can run away. */
export class ValueReader extends Reader {
  #depth = 0;
  #partsLeft: number;

  constructor(bytes: Uint8Array) {
    super(bytes);
    this.#partsLeft = partsPerByte * bytes.length + spareParts;
  }

  /** Begins a value of `parts` parts. @throws {@link MetadataError} `metadata/too-deep`, `metadata/too-large` */
  enter(parts: number): void {
    if (++this.#depth > maxDepth)
      throw new MetadataError({ code: "metadata/too-deep", offset: this.offset, limit: maxDepth });
    this.#partsLeft -= parts;
    if (this.#partsLeft < 0) throw new MetadataError({ code: "metadata/too-large", offset: this.offset });
  }

  /** Ends it. After an error the cursor is not used any more. */
  leave(): void {
    this.#depth--;
  }
}
