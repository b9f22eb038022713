import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, utf8 } from "../../src/bytes/index.ts";
import { decodeValue, type Primitive, type RegistryType } from "../../src/metadata/index.ts";
import { Writer } from "../../src/scale/index.ts";
import { codeOf } from "../support/code.ts";
import * as t from "./types.ts";

const [u8, u16, u32, u64, u128] = [0, 1, 2, 3, 4];
const base: readonly RegistryType[] = (["u8", "u16", "u32", "u64", "u128"] as const).map(t.primitive);
/** The position of the first type under test. */
const own = base.length;

const read = (hex: string, ...types: RegistryType[]) =>
  decodeValue(t.runtime([...base, ...types]), own, fromHex(hex));
const code = (hex: string, ...types: RegistryType[]) => codeOf(() => read(hex, ...types));

describe("primitives", () => {
  const cases: readonly (readonly [Primitive, string, unknown])[] = [
    ["bool", "00", false],
    ["bool", "01", true],
    ["char", "3d220000", "∽"],
    ["char", "ffff1000", "\u{10ffff}"],
    ["str", "0ce282ac", "€"],
    ["u8", "ff", 255],
    ["u16", "feff", 65534],
    ["u32", "ffffffff", 4294967295],
    ["u64", "ffffffffffffffff", 2n ** 64n - 1n],
    ["u64", "0100000000000000", 1n],
    ["u128", `${"01".padEnd(30, "0")}80`, 2n ** 127n + 1n],
    ["u256", `${"01".padEnd(62, "0")}80`, 2n ** 255n + 1n],
    ["i8", "80", -128],
    ["i16", "feff", -2],
    ["i32", "00000080", -2147483648],
    ["i64", "ffffffffffffffff", -1n],
    ["i128", "fe".padEnd(32, "f"), -2n],
    ["i256", "fe".padEnd(64, "f"), -2n],
  ];
  it.each(cases)("%s %s", (name, hex, value) => {
    expect(read(hex, t.primitive(name))).toBe(value);
    for (let end = 0; end < hex.length; end += 2)
      expect(code(hex.slice(0, end), t.primitive(name))).toMatch(/^codec\/(truncated|too-long)$/);
    expect(code(`${hex}00`, t.primitive(name))).toBe("codec/trailing");
  });

  it.each([
    ["bool", "02", "codec/bad-tag"],
    ["char", "00d80000", "codec/out-of-range"],
    ["char", "ffdf0000", "codec/out-of-range"],
    ["char", "00001100", "codec/out-of-range"],
    ["str", "08c080", "bytes/bad-utf8"],
    ["str", "0cff", "codec/too-long"],
  ] as const)("refuses %s %s: %s", (name, hex, expected) =>
    expect(code(hex, t.primitive(name))).toBe(expected),
  );
});

describe("compact integers", () => {
  it.each([
    [u8, "fd03", 255],
    [u16, "feff0300", 65535],
    [u32, "03ffffffff", 4294967295],
    [u64, "13ffffffffffffffff", 2n ** 64n - 1n],
    [u64, "04", 1n],
    [u128, `33${"f".repeat(32)}`, 2n ** 128n - 1n],
  ])("of type %i: %s", (type, hex, value) => expect(read(hex, t.compact(type))).toBe(value));

  it.each([
    [u8, "0104"],
    [u16, "02000400"],
    [u32, "070000000001"],
    [u64, "17000000000000000001"],
    [u128, `37${"0".repeat(32)}01`],
  ])("of type %i beyond its range: %s", (type, hex) =>
    expect(code(hex, t.compact(type))).toBe("codec/out-of-range"),
  );

  it("refuses forms longer than necessary", () =>
    expect(code("0100", t.compact(u32))).toBe("codec/non-canonical"));

  it("reads through named and unnamed wrappers, and nothing for ()", () => {
    expect(read("04", t.compact(own + 1), t.composite(t.unnamed(u32)))).toBe(1);
    expect(read("04", t.compact(own + 1), t.composite(t.named({ parts: u32 })))).toBe(1);
    expect(read("", t.compact(own + 1), t.tuple())).toBe(null);
  });

  it.each([
    ["a list", [t.sequence(u8)]],
    ["a signed integer", [t.primitive("i32")]],
    ["two integers", [t.tuple(u32, u32)]],
    ["u256", [t.primitive("u256")]],
    ["a type that contains itself", [t.composite(t.named({ again: own + 1 }))]],
  ])("metadata/bad-type: compact of %s", (_, types) =>
    expect(code("04", t.compact(own + 1), ...types)).toBe("metadata/bad-type"),
  );
});

describe("composites, tuples and enums", () => {
  it("read named fields as an object, unnamed ones as an array, a single one as itself, none as null", () => {
    expect(read("0102000000", t.composite(t.named({ a: u8, b: u32 })))).toEqual({ a: 1, b: 2 });
    expect(read("0102", t.composite(t.unnamed(u8, u8)))).toEqual([1, 2]);
    expect(read("0102", t.tuple(u8, u8))).toEqual([1, 2]);
    expect(read("01", t.composite(t.unnamed(u8)))).toBe(1);
    expect(read("01", t.tuple(u8))).toBe(1);
    expect(read("01", t.composite(t.named({ a: u8 })))).toEqual({ a: 1 });
    expect(read("", t.composite([]))).toBe(null);
  });

  it("read enums by the declared index", () => {
    const type = t.variant([
      t.alternative(7, "Unit"),
      t.alternative(1, "Lone", t.unnamed(u8)),
      t.alternative(255, "Named", t.named({ a: u8 })),
      t.alternative(0, "Pair", t.unnamed(u8, u16)),
    ]);
    expect(read("07", type)).toEqual({ kind: "Unit", value: null });
    expect(read("0105", type)).toEqual({ kind: "Lone", value: 5 });
    expect(read("ff05", type)).toEqual({ kind: "Named", value: { a: 5 } });
    expect(read("00050600", type)).toEqual({ kind: "Pair", value: [5, 6] });
    expect(code("02", type)).toBe("codec/bad-tag");
    expect(code("", type)).toBe("codec/truncated");
    expect(code("00", t.variant([]))).toBe("codec/bad-tag");
  });

  it("read options, and keep the outer layer of nested options", () => {
    expect(read("00", t.option(u8))).toBe(undefined);
    expect(read("0107", t.option(u8))).toBe(7);
    expect(code("02", t.option(u8))).toBe("codec/bad-tag");
    expect(read("01", t.option(own + 1), t.tuple())).toBe(null);
    expect(read("00", t.option(own + 1), t.option(u8))).toEqual({ kind: "None", value: null });
    expect(read("0100", t.option(own + 1), t.option(u8))).toEqual({ kind: "Some", value: undefined });
  });

  it.each([
    ["two fields have the same name", [t.composite([...t.named({ a: u8 }), ...t.named({ a: u8 })])]],
    ["a field named __proto__", [t.composite(t.named({ ["__proto__"]: u8, a: u8 }))]],
    ["two variants have the same index", [t.variant([t.alternative(0, "A"), t.alternative(0, "B")])]],
    ["an Option with None only", [t.variant([t.alternative(0, "None")], "Option")]],
    [
      "an Option whose None has a field",
      [
        t.variant(
          [t.alternative(0, "None", t.unnamed(u8)), t.alternative(1, "Some", t.unnamed(u8))],
          "Option",
        ),
      ],
    ],
    [
      "an Option whose Some has two fields",
      [t.variant([t.alternative(0, "None"), t.alternative(1, "Some", t.unnamed(u8, u8))], "Option")],
    ],
    [
      "an Option whose Some has no field",
      [t.variant([t.alternative(0, "None"), t.alternative(1, "Some")], "Option")],
    ],
    [
      "an Option with other variant names",
      [t.variant([t.alternative(0, "Nothing"), t.alternative(1, "Just", t.unnamed(u8))], "Option")],
    ],
    ["a newtype of itself", [t.tuple(own)]],
    ["two newtypes of each other", [t.tuple(own + 1), t.tuple(own)]],
  ])("metadata/bad-type: %s", (_, types) => expect(code("0000", ...types)).toBe("metadata/bad-type"));

  it("metadata/unknown-type: a type that the registry does not contain", () =>
    expect(code("00", t.tuple(99, 99))).toBe("metadata/unknown-type"));
});

describe("lists", () => {
  it("read bytes as views of the input, other elements as arrays", () => {
    const bytes = fromHex("08aabb");
    const value = decodeValue(t.runtime([...base, t.sequence(u8)]), own, bytes) as Uint8Array;
    expect(value).toEqual(fromHex("aabb"));
    expect(value.buffer).toBe(bytes.buffer);
    expect(read("aabb", t.array(2, u8))).toEqual(fromHex("aabb"));
    expect(read("0801000200", t.sequence(u16))).toEqual([1, 2]);
    expect(read("01000200", t.array(2, u16))).toEqual([1, 2]);
    expect(read("08aabb", t.sequence(own + 1), t.composite(t.unnamed(u8)))).toEqual(fromHex("aabb"));
  });

  it.each([
    ["codec/too-long", "0caabb", [t.sequence(u8)]],
    ["codec/truncated", "aa", [t.array(2, u8)]],
    ["codec/truncated", "08010002", [t.sequence(u16)]],
    ["codec/too-long", "0801", [t.sequence(u16)]],
    ["codec/too-long", "03ffffffff", [t.sequence(u32)]],
    ["metadata/too-large", "03ffffffff", [t.sequence(own + 1), t.tuple()]],
    ["codec/too-long", "0700000000ff", [t.sequence(own + 1), t.tuple()]],
    ["metadata/too-large", "", [t.array(0xffff_ffff, own + 1), t.tuple()]],
    ["codec/truncated", "", [t.array(0xffff_ffff, u8)]],
  ] as const)("%s: %s", (expected, hex, types) => expect(code(hex, ...types)).toBe(expected));

  it("reads a few elements of zero bytes", () =>
    expect(read("0c", t.sequence(own + 1), t.tuple())).toEqual([null, null, null]));

  it("metadata/too-large: lists of lists of empty elements", () => {
    const hex = "0284d717".slice(0, 8); // 100000 lists, each of which claims as many elements as fit
    const inner = "02093d00"; // 1000000 / 4
    expect(code(`02350c00${inner.repeat(50000)}`, t.sequence(own + 1), t.sequence(own + 2), t.tuple())).toBe(
      "metadata/too-large",
    );
    expect(hex.length).toBe(8);
  });

  it("metadata/too-large: types that double without using bytes", () => {
    const doubling = Array.from({ length: 60 }, (_, i) => t.tuple(own + i + 1, own + i + 1));
    expect(code("", ...doubling, t.tuple())).toBe("metadata/too-large");
  });
});

describe("bit sequences", () => {
  const order = (name: string) => t.variant([], "bitvec", "order", name);
  const lsb = (hex: string, store: number) => read(hex, t.bits(store, own + 1), order("Lsb0"));

  it("read a length in bits and whole elements", () => {
    expect(lsb("00", u8)).toEqual({ length: 0, bytes: new Uint8Array() });
    expect(lsb("1405", u8)).toEqual({ length: 5, bytes: fromHex("05") });
    expect(lsb("20ff", u8)).toEqual({ length: 8, bytes: fromHex("ff") });
    expect(lsb("24ff01", u8)).toEqual({ length: 9, bytes: fromHex("ff01") });
    expect(lsb("24ff01", u16)).toEqual({ length: 9, bytes: fromHex("ff01") });
    expect(lsb("040100000000000000", u64)).toEqual({ length: 1, bytes: fromHex("0100000000000000") });
  });

  it.each([
    ["codec/non-canonical", "1420", u8, "Lsb0"],
    ["codec/non-canonical", "1404", u8, "Msb0"],
    ["codec/non-canonical", "24ff02", u16, "Lsb0"],
    ["codec/non-canonical", "247f00", u16, "Msb0"],
    ["codec/truncated", "24ff", u8, "Lsb0"],
    ["codec/truncated", "24ff", u16, "Lsb0"],
    ["codec/truncated", "03ffffffff", u64, "Lsb0"],
    ["codec/out-of-range", "070000000001", u8, "Lsb0"],
    ["metadata/bad-type", "00", u128, "Lsb0"],
    ["metadata/bad-type", "00", u8, "Lsb1"],
    ["metadata/bad-type", "00", u8, "constructor"],
  ] as const)("%s: %s in elements of type %i, %s", (expected, hex, store, name) =>
    expect(code(hex, t.bits(store, own + 1), order(name))).toBe(expected),
  );

  it("reads bits from the most significant one", () =>
    expect(read("14f8", t.bits(u8, own + 1), order("Msb0"))).toEqual({ length: 5, bytes: fromHex("f8") }));
});

describe("types that contain themselves", () => {
  const list = [t.option(own + 1), t.composite(t.named({ value: u8, next: own }))];
  const tree = [t.sequence(own)];

  it("are read to any real depth", () => {
    expect(read("0101010200", ...list)).toEqual({ value: 1, next: { value: 2, next: undefined } });
    expect(read("08040000", ...tree)).toEqual([[[]], []]);
  });

  it("metadata/too-deep beyond any real nesting", () => {
    expect(code(`${"04".repeat(255)}00`, ...tree)).toBe("accepted");
    expect(code(`${"04".repeat(256)}00`, ...tree)).toBe("metadata/too-deep");
    expect(code("04".repeat(100_000), ...tree)).toBe("metadata/too-deep");
  });

  it("metadata/too-deep if they never use a byte", () =>
    expect(code("00", t.composite(t.named({ a: own, b: own })))).toBe("metadata/too-deep"));

  it("compile for chains of any length", () => {
    const count = 100_000;
    const wrappers = Array.from({ length: count }, (_, i) => t.tuple(own + i + 1));
    expect(read("07", ...wrappers, t.primitive("u8"))).toBe(7);
    const nested = Array.from({ length: count }, (_, i) => t.composite(t.named({ inner: own + i + 1 })));
    expect(code("07", ...nested, t.primitive("u8"))).toBe("metadata/too-deep");
  });
});

describe("any type and any bytes", () => {
  const anyType = (count: number): fc.Arbitrary<RegistryType> => {
    const id = fc.nat(own + count - 1);
    const ids = fc.array(id, { maxLength: 4 });
    return fc.oneof(
      id.map(t.sequence),
      fc.tuple(fc.nat(5), id).map(([length, element]) => t.array(length, element)),
      ids.map((all) => t.tuple(...all)),
      ids.map((all) => t.composite(all.map((type, i) => ({ name: `f${i}`, type })))),
      fc
        .array(ids, { maxLength: 4 })
        .map((all) => t.variant(all.map((types, i) => t.alternative(i, `V${i}`, t.unnamed(...types))))),
      id.map(t.option),
      id.map(t.compact),
      fc.constantFrom<Primitive>("bool", "char", "str", "u256", "i8", "i64").map(t.primitive),
    );
  };

  it("throw only coded errors", () => {
    const world = fc
      .integer({ min: 1, max: 8 })
      .chain((count) => fc.array(anyType(count), { minLength: count, maxLength: count }));
    fc.assert(
      fc.property(world, fc.uint8Array({ maxLength: 64 }), (types, bytes) => {
        const metadata = t.runtime([...base, ...types]);
        expect(codeOf(() => decodeValue(metadata, own, bytes))).toMatch(
          /^(accepted|(codec|bytes|metadata)\/.*)$/,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("read back what was written", () => {
    const type = t.sequence(own + 1);
    const record = t.composite(t.named({ id: u32, amount: own + 2, note: own + 3, raw: own + 4 }));
    const metadata = t.runtime([
      ...base,
      type,
      record,
      t.compact(u128),
      t.option(own + 5),
      t.sequence(u8),
      t.primitive("str"),
    ]);
    const arbitrary = fc.record({
      id: fc.nat(),
      amount: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      note: fc.option(fc.string({ unit: "grapheme" }), { nil: undefined }),
      raw: fc.uint8Array(),
    });
    fc.assert(
      fc.property(fc.array(arbitrary), (records) => {
        const bytes = new Writer()
          .vec(records, (w, { id, amount, note, raw }) => {
            w.u32(id).compact(amount);
            w.option(note, (_, text) => w.vecU8(utf8(text))).vecU8(raw);
          })
          .finish();
        const view = concat(Uint8Array.of(1, 2, 3), bytes).subarray(3);
        expect(decodeValue(metadata, own, view)).toEqual(records);
      }),
    );
  });
});
