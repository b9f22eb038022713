import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { concat, from0x, fromHex, fromUtf8, toHex, utf8 } from "../../src/bytes/index.ts";
import {
  type CodecError,
  decodeAll,
  encode,
  Reader,
  readCompact,
  readCompactU32,
  Writer,
  writeCompact,
} from "../../src/scale/index.ts";
import { codeOf } from "../support/code.ts";

const offsetView = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.of(255, 255, ...bytes, 255).subarray(2, 2 + bytes.length);
const decode = <T>(hex: string, read: (r: Reader) => T): T => decodeAll(offsetView(fromHex(hex)), read);
const code = (hex: string, read: (r: Reader) => unknown): string => codeOf(() => decode(hex, read));

/** Values with their encodings in hex, and the functions that read and write such values. */
interface Case<T> {
  readonly read: (r: Reader) => T;
  readonly write: (w: Writer, value: T) => void;
  readonly cases: readonly (readonly [T, string])[];
}

function holds<T>(name: string, { read, write, cases }: Case<T>): void {
  describe(name, () => {
    it.each(cases)("%s is %s", (value, hex) => {
      expect(toHex(encode(value, write))).toBe(hex);
      expect(decode(hex, read)).toEqual(value);
    });
    it("is refused when cut short anywhere, and with an additional byte", () => {
      for (const [, hex] of cases) {
        for (let end = 0; end < hex.length; end += 2)
          expect(code(hex.slice(0, end), read)).toMatch(/^codec\/(truncated|too-long)$/);
        expect(code(`${hex}00`, read)).toBe("codec/trailing");
      }
    });
  });
}

holds("u8", {
  read: (r) => r.u8(),
  write: (w, v) => w.u8(v),
  cases: [
    [0, "00"],
    [255, "ff"],
  ],
});
holds("u16", {
  read: (r) => r.u16(),
  write: (w, v) => w.u16(v),
  cases: [
    [0x1234, "3412"],
    [65535, "ffff"],
  ],
});
holds("u32", {
  read: (r) => r.u32(),
  write: (w, v) => w.u32(v),
  cases: [
    [0x12345678, "78563412"],
    [2 ** 32 - 1, "ffffffff"],
  ],
});
holds("u64", {
  read: (r) => r.u64(),
  write: (w, v) => w.u64(v),
  cases: [
    [1n, "0100000000000000"],
    [0xffff_ffffn, "ffffffff00000000"],
    [1n << 32n, "0000000001000000"],
    [2n ** 64n - 1n, "ffffffffffffffff"],
  ],
});
holds("u128", {
  read: (r) => r.u128(),
  write: (w, v) => w.u128(v),
  cases: [
    [0x0102030405060708090a0b0c0d0e0f10n, "100f0e0d0c0b0a090807060504030201"],
    [2n ** 128n - 1n, "f".repeat(32)],
  ],
});
holds("uint of three bytes", {
  read: (r) => r.uint(3),
  write: (w, v) => w.uint(v, 3),
  cases: [[0x010203n, "030201"]],
});
holds("bool", {
  read: (r) => r.bool(),
  write: (w, v) => w.bool(v),
  cases: [
    [false, "00"],
    [true, "01"],
  ],
});
holds("Vec<u8>", {
  read: (r) => r.vecU8(),
  write: (w, v) => w.vecU8(v),
  cases: [
    [new Uint8Array(), "00"],
    [Uint8Array.of(1, 2), "080102"],
    [new Uint8Array(64), `0101${"00".repeat(64)}`],
  ],
});
holds("Vec<u16>", {
  read: (r) => r.vec(2, (each) => each.u16()),
  write: (w, v) => w.vec(v, (each, item) => each.u16(item)),
  cases: [
    [[], "00"],
    [[1, 2], "0801000200"],
  ],
});
holds("Option<u8>", {
  read: (r) => r.option((some) => some.u8()),
  write: (w, v) => w.option(v, (some, value) => some.u8(value)),
  cases: [
    [undefined, "00"],
    [0, "0100"],
  ],
});
holds("compact integers", {
  read: readCompact,
  write: writeCompact,
  cases: [
    [0n, "00"],
    [63n, "fc"],
    [64n, "0101"],
    [16383n, "fdff"],
    [16384n, "02000100"],
    [2n ** 30n - 1n, "feffffff"],
    [2n ** 30n, "0300000040"],
    [2n ** 32n - 1n, "03ffffffff"],
    [2n ** 32n, "070000000001"],
    [2n ** 536n - 1n, "f".repeat(136)],
  ],
});

describe("compact integers", () => {
  it.each([
    "0100",
    "fd00",
    "02000000",
    "feff0000",
    "0300000000",
    "03ffffff3f",
    "07ffffffff00",
    "070000000000",
    `ff${"ff".repeat(66)}00`,
  ])("codec/non-canonical: %s", (hex) => {
    expect(code(hex, readCompact)).toBe("codec/non-canonical");
    expect(code(hex, readCompactU32)).toBe("codec/non-canonical");
  });

  it("codec/out-of-range: more than a u32", () => {
    expect(decode("03ffffffff", readCompactU32)).toBe(2 ** 32 - 1);
    expect(code("070000000001", readCompactU32)).toBe("codec/out-of-range");
    expect(code("f".repeat(136), readCompactU32)).toBe("codec/out-of-range");
  });

  it.each([-1n, 2n ** 536n])("codec/out-of-range: writing %s, with the type in the error", (value) =>
    expect(() => encode(value, writeCompact)).toThrow(
      expect.objectContaining({ detail: { code: "codec/out-of-range", type: "compact" } }),
    ),
  );

  it("read back, whatever their size", () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 536n - 1n }), fc.nat(535), (big, shift) => {
        const value = big >> BigInt(shift);
        expect(decodeAll(encode(value, writeCompact), readCompact)).toBe(value);
      }),
    ));

  it("have one encoding each", () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 8 }), (bytes) => {
        if (codeOf(() => decodeAll(bytes, readCompact)) === "accepted")
          expect(encode(decodeAll(bytes, readCompact), writeCompact)).toEqual(bytes);
      }),
    ));
});

describe("Reader", () => {
  it.each([
    ["codec/bad-tag", "02", (r: Reader) => r.bool()],
    ["codec/bad-tag", "0200", (r: Reader) => r.option((some) => some.u8())],
    ["codec/too-long", "080102", (r: Reader) => r.vecU8(1)],
    ["codec/too-long", "0801020304", (r: Reader) => r.vec(2, (each) => each.u16(), 1)],
    ["codec/too-long", "0c01000200", (r: Reader) => r.vec(2, (each) => each.u16())],
    ["codec/too-long", "03ffffffff", (r: Reader) => r.vecU8()],
    ["codec/too-long", "070000000001", (r: Reader) => r.count(0)],
    ["codec/too-long", "f".repeat(136), (r: Reader) => r.count(0)],
    ["codec/truncated", "0801000200".slice(0, 8), (r: Reader) => r.vec(1, (each) => each.u16())],
  ] as const)("%s: %s", (expected, hex, read) => expect(code(hex, read)).toBe(expected));

  it("counts elements of zero bytes up to a limit", () => {
    expect(decode("0c", (r) => r.count(0, 3))).toBe(3);
    expect(code("10", (r) => r.count(0, 3))).toBe("codec/too-long");
  });

  it("reports the offset, the needed bytes and the available bytes", () => {
    const detail = (hex: string, read: (r: Reader) => unknown) => {
      try {
        return decode(hex, read);
      } catch (error) {
        return (error as CodecError).detail;
      }
    };
    expect(detail("0102", (r) => [r.u8(), r.u32()])).toEqual({
      code: "codec/truncated",
      offset: 1,
      need: 4,
      have: 1,
    });
    expect(detail("0103", (r) => [r.u8(), r.bool()])).toEqual({
      code: "codec/bad-tag",
      offset: 1,
      type: "bool",
      tag: 3,
    });
    expect(detail("0008", (r) => [r.u8(), r.vecU8()])).toEqual({
      code: "codec/too-long",
      offset: 1,
      length: 2n,
      limit: 0,
    });
    expect(detail("010203", (r) => r.u8())).toEqual({ code: "codec/trailing", offset: 1, extra: 2 });
    expect(detail("000100", (r) => [r.u8(), readCompact(r)])).toEqual({
      code: "codec/non-canonical",
      offset: 1,
      type: "compact",
    });
  });

  it("returns views of its input", () => {
    const bytes = offsetView(fromHex("08aabbcc"));
    const r = new Reader(bytes);
    const view = r.vecU8();
    expect([r.offset, r.left, toHex(view)]).toEqual([3, 1, "aabb"]);
    expect([view.buffer, view.byteOffset]).toEqual([bytes.buffer, bytes.byteOffset + 1]);
  });

  it("codec/out-of-range: refuses to skip a length that is not a safe integer from 0 up", () => {
    for (const length of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 2 ** 53]) {
      const r = new Reader(Uint8Array.of(1, 2));
      expect(codeOf(() => r.skip(length))).toBe("codec/out-of-range");
      expect(r.offset).toBe(0);
    }
    const r = new Reader(Uint8Array.of(1, 2));
    expect(codeOf(() => r.skip(2 ** 53 - 1))).toBe("codec/truncated");
  });
});

describe("Writer", () => {
  it.each([
    [(w: Writer) => w.u8(256)],
    [(w: Writer) => w.u8(-1)],
    [(w: Writer) => w.u8(0.5)],
    [(w: Writer) => w.u16(65536)],
    [(w: Writer) => w.u32(2 ** 32)],
    [(w: Writer) => w.u32(Number.NaN)],
    [(w: Writer) => w.u64(2n ** 64n)],
    [(w: Writer) => w.u64(-1n)],
    [(w: Writer) => w.u128(2n ** 128n)],
  ])("codec/out-of-range: %s", (write) =>
    expect(codeOf(() => write(new Writer()))).toBe("codec/out-of-range"),
  );

  it("grows, and returns copies of the written bytes", () => {
    const w = new Writer();
    for (let i = 0; i < 1000; i++) w.u32(i);
    const first = w.finish();
    w.raw(new Uint8Array(5000).fill(7));
    expect(first.length).toBe(4000);
    expect(w.finish().subarray(0, 4000)).toEqual(first);
    expect(w.finish().length).toBe(9000);
    first.fill(1);
    expect(w.finish()[0]).toBe(0);
  });
});

describe("any bytes", () => {
  it("throw only coded errors", () => {
    const reads: readonly ((r: Reader) => unknown)[] = [
      (r) => r.vec(1, (each) => each.vecU8()),
      (r) => r.option((some) => [some.u128(), some.bool()]),
      (r) => [readCompactU32(r), r.u16(), r.vec(4, (each) => each.u32())],
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...reads), (bytes, read) => {
        expect(codeOf(() => decodeAll(bytes, read))).toMatch(/^(accepted|codec\/.*)$/);
      }),
      { numRuns: 1000 },
    );
  });

  it("read back what was written", () => {
    const value = fc.record({
      list: fc.array(fc.uint8Array()),
      some: fc.option(fc.nat(), { nil: undefined }),
      big: fc.bigInt(0n, 2n ** 64n - 1n),
    });
    fc.assert(
      fc.property(value, ({ list, some, big }) => {
        const bytes = encode(list, (w) =>
          w
            .vec(list, (each, item) => each.vecU8(item))
            .option(some, (o, v) => o.u32(v))
            .u64(big),
        );
        const read = (r: Reader) => ({
          list: r.vec(1, (each) => each.vecU8()),
          some: r.option((o) => o.u32()),
          big: r.u64(),
        });
        expect(decodeAll(offsetView(bytes), read)).toEqual({ list, some, big });
      }),
    );
  });
});

describe("the reference codec's vectors", () => {
  const it = recorded.extend("vectors", ({ files }) => files.json("substrate/f-scale.json"));

  it("for compact integers are written and read", ({ vectors: { compact, compactLengths } }) => {
    for (const { value, encoded } of compact) {
      expect(encode(BigInt(value), writeCompact)).toEqual(from0x(encoded));
      expect(decodeAll(from0x(encoded), readCompact)).toBe(BigInt(value));
    }
    for (const [value, length] of compactLengths)
      expect(encode(BigInt(value), writeCompact).length).toBe(length);
  });

  it("for strings, vectors and options are written and read", ({ vectors: { other } }) => {
    const i8 = (r: Reader) => (r.u8() << 24) >> 24;
    const i16 = (r: Reader) => (r.u16() << 16) >> 16;
    const types: Readonly<
      Record<string, readonly [(r: Reader) => unknown, (w: Writer, value: never) => unknown]>
    > = {
      String: [(r) => fromUtf8(r.vecU8()), (w, value: string) => w.vecU8(utf8(value))],
      "Vec<u8>": [(r) => [...r.vecU8()], (w, value: number[]) => w.vecU8(Uint8Array.from(value))],
      "Vec<i16>": [
        (r) => r.vec(2, i16),
        (w, value: number[]) => w.vec(value, (each, item) => each.u16(item & 0xffff)),
      ],
      "Vec<Option<i8>>": [
        (r) => r.vec(1, (each) => each.option(i8) ?? null),
        (w, value: (number | null)[]) =>
          w.vec(value, (each, item) => each.option(item ?? undefined, (some, v) => some.u8(v & 0xff))),
      ],
    };
    expect(other.length).toBeGreaterThan(0);
    for (const { type, value, encoded } of other) {
      const [read, write] = types[type]!;
      expect(decodeAll(concat(from0x(encoded)), read)).toEqual(value);
      const w = new Writer();
      write(w, value as never);
      expect(w.finish()).toEqual(from0x(encoded));
    }
  });
});
