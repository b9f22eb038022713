/**
 * Distinguishes the types of the schema language. All code that derives something from a schema calls
 * `matchSchema`.
 */
import type { KeySchema, LargeInteger, Member, Schema, SmallInteger } from "./schema.ts";

/** A byte string has exactly `length` bytes, or at most `max` bytes. `undefined` means no such limit. */
export interface BytesLimits {
  readonly length: number | undefined;
  readonly max: number | undefined;
}

/** One function for each type of the schema language. */
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

/** Calls the function in `cases` for the type of a schema, and returns the function's result. */
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

/** Returns whether the schema allows `null` in JSON. Only `unit` and options allow `null`. */
export function mayBeNull(schema: Schema): boolean {
  return schema === "unit" || isOption(schema);
}

/** Returns whether the schema is an option. A struct may lack a field whose type is an option. */
export function isOption(schema: Schema): boolean {
  return typeof schema === "object" && "option" in schema;
}
