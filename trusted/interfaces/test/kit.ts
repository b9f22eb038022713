/** Arbitrary schemas, with arbitrary values of each. */

import { ProtocolError } from "@pruntime/core/errors";
import type { Json } from "@pruntime/core/json";
import Ajv from "ajv";
import fc from "fast-check";
import { expect } from "vitest";
import type { KeySchema, Member, Schema, Value } from "../src/index.ts";

/** Matches an error with this code and this path. */
export const refusal = (code: string, at: string) =>
  expect.objectContaining({ code, detail: expect.objectContaining({ at }) });

/** Calls `run`, and returns its value, or the code and the path of the coded error that `run` throws. */
export function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { code, at } = error.detail as { code: string; at?: string };
    return `${code} ${at}`;
  }
}

const smalls = {
  u8: [0, 255],
  u16: [0, 65_535],
  u32: [0, 2 ** 32 - 1],
  i8: [-128, 127],
  i16: [-32_768, 32_767],
  i32: [-(2 ** 31), 2 ** 31 - 1],
} as const;
const larges = {
  u64: [0n, 2n ** 64n - 1n],
  u128: [0n, 2n ** 128n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  i128: [-(2n ** 127n), 2n ** 127n - 1n],
} as const;

/** A schema, and a generator of its values. */
export interface Typed {
  readonly schema: Schema;
  readonly value: fc.Arbitrary<Value>;
}

const text = (maxLength: number) =>
  fc.string({ unit: "grapheme", maxLength }).filter((s) => s.length <= maxLength);
const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,5}$/);
const fixed = <S extends Schema>(schema: S, value: fc.Arbitrary<Value>) => fc.constant({ schema, value });

const limits = fc.nat(8);
const texts = fc.oneof(
  fixed("text", text(9)),
  limits.map((max) => ({ schema: { text: { max } } as const, value: text(max) })),
);
const byteStrings = fc.oneof(
  fixed("account", bytes(32, 32)),
  fixed("bytes", bytes(0, 9)),
  limits.map((length) => ({ schema: { bytes: { length } } as const, value: bytes(length, length) })),
  limits.map((max) => ({ schema: { bytes: { max } } as const, value: bytes(0, max) })),
);
const integers = fc.oneof(
  ...Object.entries(smalls).map(([type, [min, max]]) => fixed(type as "u8", fc.integer({ min, max }))),
  ...Object.entries(larges).map(([type, [min, max]]) => fixed(type as "u64", fc.bigInt({ min, max }))),
);
const scalars: fc.Arbitrary<Typed> = fc.oneof(
  fixed("unit", fc.constant(null)),
  fixed("bool", fc.boolean()),
  texts,
  byteStrings,
  integers,
);

/** Schemas of map keys, each with a generator of the JSON text of keys. */
const keys: fc.Arbitrary<{ readonly schema: KeySchema; readonly key: fc.Arbitrary<string> }> = fc
  .oneof(texts, byteStrings, integers)
  .map(({ schema, value }) => ({
    schema: schema as KeySchema,
    key: value.map((v) => (v instanceof Uint8Array ? Buffer.from(v).toString("hex") : String(v))),
  }));

function isNullable(schema: Schema): boolean {
  return schema === "unit" || (typeof schema === "object" && "option" in schema);
}

/** Generates schemas, each with a generator of its values. Little nesting keeps the tests fast. */
export const typed: fc.Arbitrary<Typed> = fc.letrec<{ type: Typed }>((tie) => ({
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalars,
    tie("type")
      .filter(({ schema }) => !isNullable(schema))
      .map(({ schema, value }) => ({
        schema: { option: schema },
        value: fc.option(value, { nil: undefined }),
      })),
    fc.tuple(tie("type"), fc.option(fc.nat(3), { nil: undefined })).map(([{ schema, value }, max]) => ({
      schema: { list: max === undefined ? { of: schema } : { of: schema, max } },
      value: fc.array(value, { maxLength: max ?? 3 }),
    })),
    fc
      .tuple(keys, tie("type"), fc.option(fc.nat(3), { nil: undefined }))
      .map(([{ schema: key, key: text }, { schema, value }, max]) => ({
        schema: { map: max === undefined ? { key, value: schema } : { key, value: schema, max } },
        value: fc
          .uniqueArray(fc.tuple(text, value), { maxLength: max ?? 3, selector: ([k]) => k })
          .map((entries) => new Map(entries)),
      })),
    members(tie("type"), 0).map((fields) => ({
      schema: { struct: fields.map(schemaOf) },
      value: fc.tuple(...fields.map(({ value }) => value)).map((values) => structOf(fields, values)),
    })),
    members(tie("type"), 1).map((cases) => ({
      schema: { variant: cases.map(schemaOf) },
      value: fc.oneof(
        ...cases.map(({ name: kind, value }) => value.map((content) => ({ kind, value: content }))),
      ),
    })),
  ),
})).type;

type TypedMember = Typed & { readonly name: string };

function members(type: fc.Arbitrary<Typed>, minLength: number): fc.Arbitrary<TypedMember[]> {
  const member = fc.tuple(name, type).map(([given, one]) => ({ name: given, ...one }));
  return fc.uniqueArray(member, { minLength, maxLength: 3, selector: (one) => one.name });
}

const schemaOf = ({ name: given, schema }: TypedMember): Member => ({ name: given, type: schema });

/** Builds a struct. An absent option has no key, as in the structs that `schemaReader` returns. */
function structOf(fields: readonly TypedMember[], values: readonly Value[]): Value {
  return Object.fromEntries(
    fields.flatMap((field, i) => (values[i] === undefined ? [] : [[field.name, values[i]]])),
  );
}

const validator = new Ajv();

/** Returns whether a JSON Schema accepts a value, according to Ajv, an independent validator. */
export function accepts(schema: object, value: Json): boolean {
  return validator.validate(schema, value) === true;
}
