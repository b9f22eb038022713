/**
 * Distinguishes the types of the schema language. Everything that is derived from a schema uses this
 * function.
 */
import type { KeySchema, LargeInteger, Member, Schema, SmallInteger } from "./schema.ts";

/** The limits of a byte string. If both are `undefined`, any length is allowed. */
export interface BytesLimits {
  readonly length: number | undefined;
  readonly max: number | undefined;
}

/** The function to apply to each type. */
export interface SchemaCases<R> {
  readonly unit: () => R;
  readonly bool: () => R;
  readonly small: (integer: SmallInteger) => R;
  readonly large: (integer: LargeInteger) => R;
  readonly account: () => R;
  readonly text: (max: number | undefined) => R;
  readonly bytes: (limits: BytesLimits) => R;
  readonly option: (of: Schema) => R;
  readonly list: (of: Schema, max: number | undefined) => R;
  readonly map: (key: KeySchema, value: Schema, max: number | undefined) => R;
  readonly struct: (fields: readonly Member[]) => R;
  readonly variant: (cases: readonly Member[]) => R;
}

/** Applies the function in `cases` that fits a schema. */
export function matchSchema<R>(schema: Schema, cases: SchemaCases<R>): R {
  if (typeof schema === "string") return matchName(schema, cases);
  if ("text" in schema) return cases.text(schema.text.max);
  if ("bytes" in schema)
    return cases.bytes({
      length: "length" in schema.bytes ? schema.bytes.length : undefined,
      max: "max" in schema.bytes ? schema.bytes.max : undefined,
    });
  if ("option" in schema) return cases.option(schema.option);
  if ("list" in schema) return cases.list(schema.list.of, schema.list.max);
  if ("map" in schema) return cases.map(schema.map.key, schema.map.value, schema.map.max);
  if ("struct" in schema) return cases.struct(schema.struct);
  return cases.variant(schema.variant);
}

function matchName<R>(name: Extract<Schema, string>, cases: SchemaCases<R>): R {
  switch (name) {
    case "unit":
      return cases.unit();
    case "bool":
      return cases.bool();
    case "account":
      return cases.account();
    case "text":
      return cases.text(undefined);
    case "bytes":
      return cases.bytes({ length: undefined, max: undefined });
    case "u8":
    case "u16":
    case "u32":
    case "i8":
    case "i16":
    case "i32":
      return cases.small(name);
    case "u64":
    case "u128":
    case "i64":
    case "i128":
      return cases.large(name);
  }
}

/**
 * Whether a value of the schema may be `null` in JSON. If the content of a variant's case is `null`, the case
 * is written as its name alone.
 */
export function mayBeNull(schema: Schema): boolean {
  return schema === "unit" || isOption(schema);
}

/** Whether a field of this type may be absent. */
export function isOption(schema: Schema): boolean {
  return typeof schema === "object" && "option" in schema;
}
