import { canonicalJson, type Json, parseJson, schemaOf } from "@pruntime/core/json";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Schema, schemaReader, schemaWriter, type Value } from "../src/index.ts";
import { accepts, outcome, typed } from "./kit.ts";

const readText = (schema: Schema, text: string) => schemaReader(schema)(parseJson(text), "");
const writeText = (schema: Schema, value: Value) => canonicalJson(schemaWriter(schema)(value, ""));

describe("any schema", () => {
  const typedValue = typed.chain(({ schema, value }) => fc.tuple(fc.constant(schema), value));

  it("reads what it writes", () => {
    fc.assert(
      fc.property(typedValue, ([schema, value]) => {
        expect(readText(schema, writeText(schema, value))).toEqual(value);
      }),
    );
  });

  it("has a JSON Schema that accepts what it writes", () => {
    fc.assert(
      fc.property(typedValue, ([schema, value]) => {
        expect(accepts(schemaOf(schemaReader(schema)), schemaWriter(schema)(value, ""))).toBe(true);
      }),
    );
  });

  it("refuses any JSON with a code and a path, or has a JSON Schema that accepts the JSON", () => {
    const near = typedValue.chain(([schema, value]) =>
      fc.tuple(fc.constant(schema), damaged(schemaWriter(schema)(value, ""))),
    );
    fc.assert(
      fc.property(near, ([schema, json]) => {
        const read = outcome(() => schemaReader(schema)(json, ""));
        if (typeof read === "string" && /^json\/[a-z-]+ \S*$/.test(read)) return;
        expect(accepts(schemaOf(schemaReader(schema)), json)).toBe(true);
        const again = writeText(schema, read as Value);
        expect(writeText(schema, readText(schema, again))).toBe(again);
      }),
      { numRuns: 500 },
    );
  });
});

/**
 * Generates copies of the JSON with one change: a part is replaced, or a key of an object is added or
 * removed.
 */
function damaged(json: Json): fc.Arbitrary<Json> {
  const other = fc.constantFrom<Json>(
    null,
    true,
    0,
    -1,
    1.5,
    300,
    2 ** 53,
    10n ** 20n,
    "",
    "1",
    "-1",
    "AA",
    "zz",
    "x".repeat(20),
    [],
    {},
    { A: null },
  );
  if (Array.isArray(json) && json.length > 0)
    return fc.oneof(
      other,
      fc.nat(json.length - 1).chain((at) => damaged(json[at]).map((each) => json.with(at, each))),
    );
  if (json !== null && typeof json === "object" && !Array.isArray(json)) {
    const entries = Object.entries(json);
    const added = fc
      .tuple(fc.constantFrom("A", "__proto__", "more"), other)
      .map(([key, value]) => Object.fromEntries([...entries, [key, value]]));
    const dropped = fc
      .nat(Math.max(0, entries.length - 1))
      .map((at) => Object.fromEntries(entries.filter((_, i) => i !== at)));
    const changed = entries.map(([key, value]) => damaged(value).map((each) => ({ ...json, [key]: each })));
    return fc.oneof(other, added, dropped, ...changed);
  }
  return other;
}

describe("reads, or refuses with the path", () => {
  const point = {
    struct: [
      { name: "x", type: "u8" },
      { name: "y", type: { option: "i8" } },
    ],
  } as const;
  const shape = {
    variant: [
      { name: "Dot", type: "unit" },
      { name: "Line", type: { list: { of: point, max: 2 } } },
      { name: "Page", type: { option: "u32" } },
    ],
  } as const;
  const cases: readonly (readonly [Schema, string, unknown])[] = [
    ["unit", "null", null],
    ["unit", "0", "json/wrong-type "],
    ["bool", "false", false],
    ["bool", '"true"', "json/wrong-type "],
    ["u8", "255", 255],
    ["u8", "256", "json/out-of-range "],
    ["u8", "-1", "json/out-of-range "],
    ["u8", "1.5", "json/out-of-range "],
    ["u8", "1e2", 100],
    ["u8", '"1"', "json/wrong-type "],
    ["u16", "65536", "json/out-of-range "],
    ["u32", "4294967295", 4294967295],
    ["u32", "4294967296", "json/out-of-range "],
    ["u32", "18446744073709551616", "json/out-of-range "],
    ["i8", "-128", -128],
    ["i8", "-129", "json/out-of-range "],
    ["i8", "128", "json/out-of-range "],
    ["i16", "-32769", "json/out-of-range "],
    ["i32", "2147483648", "json/out-of-range "],
    ["u64", '"18446744073709551615"', 2n ** 64n - 1n],
    ["u64", '"18446744073709551616"', "json/out-of-range "],
    ["u64", "1", "json/wrong-type "],
    ["u128", '"340282366920938463463374607431768211455"', 2n ** 128n - 1n],
    ["u128", '"340282366920938463463374607431768211456"', "json/out-of-range "],
    ["u128", '"01"', "json/out-of-range "],
    ["u128", '""', "json/out-of-range "],
    ["u128", '"-1"', "json/out-of-range "],
    ["u128", '"1e3"', "json/out-of-range "],
    ["i64", '"-9223372036854775808"', -(2n ** 63n)],
    ["i64", '"-9223372036854775809"', "json/out-of-range "],
    ["i128", '"-170141183460469231731687303715884105728"', -(2n ** 127n)],
    ["i128", '"-0"', "json/out-of-range "],
    ["i128", '"+1"', "json/out-of-range "],
    ["text", '"雷"', "雷"],
    ["text", "1", "json/wrong-type "],
    [{ text: { max: 2 } }, '"\u{1F600}"', "\u{1F600}"],
    [{ text: { max: 1 } }, '"\u{1F600}"', "json/out-of-range "],
    ["bytes", '""', new Uint8Array()],
    ["bytes", '"0aFF"', Uint8Array.of(10, 255)],
    ["bytes", '"0x0a"', "json/wrong-type "],
    ["bytes", '"0"', "json/wrong-type "],
    [{ bytes: { length: 1 } }, '"0a"', Uint8Array.of(10)],
    [{ bytes: { length: 1 } }, '"0a0a"', "json/out-of-range "],
    [{ bytes: { max: 1 } }, '""', new Uint8Array()],
    [{ bytes: { max: 1 } }, '"0a0a"', "json/out-of-range "],
    ["account", `"${"ab".repeat(32)}"`, new Uint8Array(32).fill(0xab)],
    ["account", `"${"ab".repeat(31)}"`, "json/out-of-range "],
    ["account", `"0x${"ab".repeat(32)}"`, "json/out-of-range "],
    [{ option: "u8" }, "null", undefined],
    [{ option: "u8" }, "1", 1],
    [{ option: "u8" }, "256", "json/out-of-range "],
    [{ list: { of: "u8", max: 2 } }, "[1,2]", [1, 2]],
    [{ list: { of: "u8", max: 2 } }, "[1,2,3]", "json/out-of-range "],
    [{ list: { of: "u8" } }, "[1,256]", "json/out-of-range /1"],
    [{ list: { of: "u8" } }, "{}", "json/wrong-type "],
    [
      { map: { key: "text", value: "u8" } },
      '{"a":1,"__proto__":2}',
      new Map([
        ["a", 1],
        ["__proto__", 2],
      ]),
    ],
    [{ map: { key: "text", value: "u8", max: 1 } }, '{"a":1,"b":2}', "json/out-of-range "],
    [{ map: { key: "text", value: "u8" } }, '{"a":256}', "json/out-of-range /a"],
    [{ map: { key: "text", value: "u8" } }, "[]", "json/wrong-type "],
    [{ map: { key: "u8", value: "unit" } }, '{"255":null}', new Map([["255", null]])],
    [{ map: { key: "u8", value: "unit" } }, '{"256":null}', "json/out-of-range "],
    [{ map: { key: "u8", value: "unit" } }, '{"01":null}', "json/out-of-range "],
    [{ map: { key: "bytes", value: "unit" } }, '{"ff":null}', new Map([["ff", null]])],
    [{ map: { key: "bytes", value: "unit" } }, '{"FF":null}', "json/out-of-range "],
    [point, '{"x":1,"y":-1,"z":0}', { x: 1, y: -1 }],
    [point, '{"x":1}', { x: 1 }],
    [point, '{"x":1,"y":null}', { x: 1, y: undefined }],
    [point, '{"y":1}', "json/missing-key /x"],
    [point, '{"x":1,"y":-129}', "json/out-of-range /y"],
    [point, "null", "json/wrong-type "],
    [point, "[]", "json/wrong-type "],
    [{ struct: [{ name: "constructor", type: "u8" }] }, "{}", "json/missing-key /constructor"],
    [shape, '"Dot"', { kind: "Dot", value: null }],
    [shape, '{"Dot":null}', { kind: "Dot", value: null }],
    [shape, '{"Dot":0}', "json/wrong-type /Dot"],
    [shape, '{"Line":[{"x":1}]}', { kind: "Line", value: [{ x: 1 }] }],
    [shape, '{"Line":[{"x":1},{"x":256}]}', "json/out-of-range /Line/1/x"],
    [shape, '"Line"', "json/wrong-type /Line"],
    [shape, '"Page"', { kind: "Page", value: undefined }],
    [shape, '{"Page":null}', { kind: "Page", value: undefined }],
    [shape, '{"Page":3}', { kind: "Page", value: 3 }],
    [shape, '"toString"', "json/unknown-variant "],
    [shape, '{"Dot":null,"Page":3}', "json/unknown-variant "],
    [shape, "{}", "json/unknown-variant "],
    [shape, "null", "json/wrong-type "],
    [shape, "[]", "json/wrong-type "],
  ];

  it.each(cases)("%j: %s", (schema, text, wanted) =>
    expect(outcome(() => readText(schema, text))).toEqual(wanted),
  );
});

describe("writes, or refuses with the path", () => {
  const cases: readonly (readonly [Schema, Value, string])[] = [
    ["u8", 256, "json/out-of-range "],
    ["u8", 0.5, "json/out-of-range "],
    ["u8", Number.NaN, "json/out-of-range "],
    ["u128", -1n, "json/out-of-range "],
    ["u128", 7n, '"7"'],
    [{ text: { max: 1 } }, "ab", "json/out-of-range "],
    [{ bytes: { length: 2 } }, new Uint8Array(1), "json/out-of-range "],
    [{ bytes: { max: 0 } }, new Uint8Array(1), "json/out-of-range "],
    ["account", new Uint8Array(31), "json/out-of-range "],
    [{ list: { of: "u8", max: 0 } }, [1], "json/out-of-range "],
    [{ list: { of: "u8" } }, [1, 256], "json/out-of-range /1"],
    [{ map: { key: "text", value: "u8", max: 0 } }, new Map([["a", 1]]), "json/out-of-range "],
    [{ map: { key: "u8", value: "u8" } }, new Map([["a", 1]]), "json/out-of-range "],
    [{ map: { key: "text", value: "u8" } }, new Map([["a", 256]]), "json/out-of-range /a"],
    [{ struct: [{ name: "x", type: "u8" }] }, { x: 256 }, "json/out-of-range /x"],
    [{ struct: [{ name: "x", type: { option: "u8" } }] }, { x: undefined }, "{}"],
    [{ struct: [{ name: "toString", type: { option: "u8" } }] }, {}, "{}"],
    [{ variant: [{ name: "A", type: "u8" }] }, { kind: "A", value: 256 }, "json/out-of-range /A"],
    [{ variant: [{ name: "A", type: "u8" }] }, { kind: "B", value: 0 }, "json/unknown-variant "],
    [{ variant: [{ name: "A", type: { option: "u8" } }] }, { kind: "A", value: undefined }, '"A"'],
    [{ variant: [{ name: "A", type: { option: "u8" } }] }, { kind: "A", value: 1 }, '{"A":1}'],
  ];

  it.each(cases)("%j of %o", (schema, value, wanted) =>
    expect(outcome(() => writeText(schema, value))).toBe(wanted),
  );
});
