/**
 * The schema language of contract interfaces. A schema is plain JSON, so that a contract can include schemas
 * in its interface. Readers, writers and JSON Schema are derived from a schema. The language has no
 * references, so every schema is a finite tree.
 */

/** Integers that are numbers in JSON. */
export type SmallInteger = "u8" | "u16" | "u32" | "i8" | "i16" | "i32";

/** Integers that are decimal text in JSON, because a JSON number may lose digits from 2^53 on. */
export type LargeInteger = "u64" | "u128" | "i64" | "i128";

/** The type of a map key: any type that is text in JSON, or a small integer as decimal text. */
export type KeySchema = SmallInteger | LargeInteger | "account" | TextSchema | BytesSchema;

/** Text. `max` limits its length in UTF-16 units. */
export type TextSchema = "text" | { readonly text: { readonly max: number } };

/** Bytes, as hex without `0x` in JSON: of any length, of exactly `length`, or of at most `max`. */
export type BytesSchema =
  | "bytes"
  | { readonly bytes: { readonly length: number } }
  | { readonly bytes: { readonly max: number } };

/** A field of a struct, or a case of a variant. */
export type Member = {
  /** A letter, then letters, digits and `_`; at most 64 characters. */
  readonly name: string;
  readonly type: Schema;
  /**
   * Whether anyone may learn how long the value is. If absent, the size is secret: the sealed message has the
   * same length for the shortest and the longest value.
   */
  readonly size?: "public";
};

/** A type of the language. */
export type Schema =
  /** No content: `null` in JSON. */
  | "unit"
  | "bool"
  | SmallInteger
  | LargeInteger
  /** An account id: 32 bytes. */
  | "account"
  | TextSchema
  | BytesSchema
  /** A value or nothing. Nothing is `null` or an absent field. Options do not nest. */
  | { readonly option: Schema }
  | { readonly list: { readonly of: Schema; readonly max?: number } }
  /** A JSON object whose keys are all of one type. */
  | { readonly map: { readonly key: KeySchema; readonly value: Schema; readonly max?: number } }
  /** A JSON object with these fields. Readers ignore unknown keys, as the contracts of 2020 did. */
  | { readonly struct: readonly Member[] }
  /** One of these cases: `{"Name": content}` in JSON, or `"Name"` alone if the content is `null`. */
  | { readonly variant: readonly Member[] };

/** Any value that a schema can describe, in memory. */
export type Value =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | { readonly [field: string]: Value };

/** The value of the schema `S`, in memory. Maps are keyed by the JSON text of their keys. */
export type ValueOf<S extends Schema> = Schema extends S
  ? Value
  : S extends "unit"
    ? null
    : S extends "bool"
      ? boolean
      : S extends SmallInteger
        ? number
        : S extends LargeInteger
          ? bigint
          : S extends TextSchema
            ? string
            : S extends "account" | BytesSchema
              ? Uint8Array
              : S extends { readonly option: infer T extends Schema }
                ? ValueOf<T> | undefined
                : S extends { readonly list: { readonly of: infer T extends Schema } }
                  ? readonly ValueOf<T>[]
                  : S extends { readonly map: { readonly value: infer T extends Schema } }
                    ? ReadonlyMap<string, ValueOf<T>>
                    : S extends { readonly struct: infer M extends readonly Member[] }
                      ? StructOf<M>
                      : S extends { readonly variant: infer M extends readonly Member[] }
                        ? CaseOf<M[number]>
                        : never;

/** A struct in memory: an object with each field under its name. */
export type StructOf<M extends readonly Member[]> = {
  readonly [F in M[number] as F["name"]]: ValueOf<F["type"]>;
};

/** A case of a variant in memory. For a union of members, this is the union of the members' cases. */
export type CaseOf<M extends Member> = M extends Member
  ? { readonly kind: M["name"]; readonly value: ValueOf<M["type"]> }
  : never;
