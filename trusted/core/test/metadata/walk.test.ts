/** The walk takes exactly the bytes that the type's reader takes, whatever types the worker met before. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Types } from "../../src/metadata/compile.ts";
import type { RegistryType } from "../../src/metadata/index.ts";
import { Layouts } from "../../src/metadata/layout.ts";
import { ValueReader } from "../../src/metadata/value.ts";
import { walk } from "../../src/metadata/walk.ts";
import { codeOf } from "../support/code.ts";
import * as t from "./types.ts";

/** The number of bytes that `act` takes from `bytes`, or the code of its refusal. */
function taken(bytes: Uint8Array, act: (r: ValueReader) => unknown): number | string {
  const r = new ValueReader(bytes);
  const code = codeOf(() => act(r));
  return code === "accepted" ? r.offset : code;
}

/** @param before types that the worker met earlier */
function skipped(
  types: readonly RegistryType[],
  id: number,
  bytes: Uint8Array,
  before: readonly number[] = [],
) {
  const layouts = new Layouts(new Types(types));
  for (const type of before) codeOf(() => layouts.at(layouts.part(type)));
  return taken(bytes, (r) => walk(r, layouts, layouts.part(id), () => undefined));
}

const read = (types: readonly RegistryType[], id: number, bytes: Uint8Array) =>
  taken(bytes, (r) => new Types(types).reader(id)(r));

const count = 12;
const id = fc.nat(count - 1);
const ids = fc.array(id, { maxLength: 4 });
const length = fc.constantFrom(0, 1, 2, 3, 0xffff_ffff);
const named = (types: readonly number[]) =>
  t.named(Object.fromEntries(types.map((type, i) => [`f${i}`, type])));
const wide = (type: number) => t.tuple(...new Array<number>(5000).fill(type));

/** Types that may contain themselves and one another, after four types that contain no other type. */
const registry = fc
  .array(
    fc.oneof(
      fc.constantFrom("u8", "u16", "bool", "str", "u64").map((name) => t.primitive(name)),
      fc.constant(t.tuple()),
      ids.map((types) => t.tuple(...types)),
      ids.map((types) => t.composite(named(types))),
      ids.map((types) => t.composite(t.unnamed(...types))),
      fc
        .tuple(ids, ids)
        .map(([a, b]) =>
          t.variant([t.alternative(0, "A", t.unnamed(...a)), t.alternative(1, "B", named(b))]),
        ),
      id.map(t.option),
      id.map(t.sequence),
      fc.tuple(length, id).map(([many, element]) => t.array(many, element)),
      id.map(t.compact),
      fc.constant(t.bits(0, 1)),
      id.map(wide),
    ),
    { minLength: count - 4, maxLength: count - 4 },
  )
  .map((types) => [
    t.primitive("u8"),
    t.composite([], "bitvec", "order", "Lsb0"),
    t.tuple(),
    t.primitive("u32"),
    ...types,
  ]);
const byte = fc.oneof(fc.constantFrom(0, 1, 4, 8), fc.nat(255));
const bytes = fc.oneof(
  fc.array(byte, { maxLength: 60 }).map((values) => Uint8Array.from(values)),
  fc.nat(400).map((size) => new Uint8Array(size)),
);

describe("the walk over values of any types", () => {
  it("takes exactly the bytes that the reader of the type takes", () => {
    let compared = 0;
    fc.assert(
      fc.property(registry, bytes, (types, input) => {
        for (let type = 0; type < count; type++) {
          const want = read(types, type, input);
          if (typeof want !== "number") continue;
          compared++;
          expect(skipped(types, type, input)).toBe(want);
        }
      }),
      { numRuns: 250 },
    );
    expect(compared).toBeGreaterThan(250);
  });

  it("does not depend on the types that the worker met before", () => {
    fc.assert(
      fc.property(registry, bytes, fc.array(id), (types, input, before) => {
        for (let type = 0; type < count; type++)
          expect(skipped(types, type, input, before)).toBe(skipped(types, type, input));
      }),
      { numRuns: 150 },
    );
  });
});

/** `inner`, and then `levels` types with one named field each, whose type is the previous type. */
const wrapped = (inner: RegistryType, levels: number): RegistryType[] => [
  inner,
  ...Array.from({ length: levels }, (_, i) => t.composite(t.named({ inner: i }))),
];

describe("the walk over deeply nested types", () => {
  it("takes no bytes for the compact form of nothing, at any depth", () => {
    const types = [...wrapped(t.tuple(), 12), t.compact(12)];
    for (const before of [[], [6], [12]]) expect(skipped(types, 13, Uint8Array.of(4, 8), before)).toBe(0);
  });

  it("spends no parts on a list of elements of one size, at any depth", () => {
    const types = [...wrapped(t.primitive("u8"), 60), t.sequence(60)];
    const bytes = new Uint8Array(2 + 8000);
    bytes.set([0x01, 0x7d]); // 8000 elements
    for (const before of [[], [7, 14, 21, 28, 35, 42, 49, 56]])
      expect(skipped(types, 61, bytes, before)).toBe(bytes.length);
  });

  it("measures a chain of 100,000 types", () => {
    const types = wrapped(t.primitive("u8"), 100_000);
    expect(skipped(types, 100_000, Uint8Array.of(1, 2))).toBe(1);
  });

  it("reads past an empty list of arrays whose size is not a safe integer, and refuses any other", () => {
    const huge = Array.from({ length: 40 }, (_, i) => t.array(0xffff_ffff, i));
    const types = [t.primitive("u8"), ...huge, t.sequence(40)];
    for (const before of [[], [7, 14, 21, 28, 35, 40]]) {
      expect(skipped(types, 41, Uint8Array.of(0, 9, 9, 9), before)).toBe(1);
      expect(skipped(types, 41, Uint8Array.of(4, 9, 9, 9), before)).toBe("metadata/too-large");
    }
  });

  it("takes no bytes for nested arrays of nothing", () => {
    const types = [
      t.tuple(),
      t.array(0xffff_ffff, 0),
      t.array(0xffff_ffff, 1),
      t.array(0, 4),
      t.primitive("str"),
    ];
    for (const type of [2, 3]) expect(skipped(types, type, Uint8Array.of(1))).toBe(0);
  });
});

describe("the walk refuses", () => {
  it("metadata/too-large: more parts than a value of its length may have, before it opens them", () => {
    const own = [t.composite(named(new Array<number>(20_000).fill(0)))];
    expect(skipped(own, 0, new Uint8Array(1000))).toBe("metadata/too-large");
    const lists = [t.primitive("str"), t.array(2000, 0)];
    expect(skipped(lists, 1, new Uint8Array(50))).toBe("metadata/too-large");
    expect(skipped(lists, 1, new Uint8Array(2000))).toBe(2000);
  });

  it("metadata/too-deep: a type that contains itself without an end", () => {
    for (const own of [t.composite(t.named({ again: 0 })), t.tuple(0, 0), t.array(2, 0)])
      expect(skipped([own], 0, new Uint8Array(20_000))).toBe("metadata/too-deep");
  });

  it("metadata/bad-type: a type that contains only itself", () => {
    expect(skipped([t.tuple(0), t.tuple(0, 2), t.primitive("u8")], 1, new Uint8Array(9))).toBe(
      "metadata/bad-type",
    );
  });
});
