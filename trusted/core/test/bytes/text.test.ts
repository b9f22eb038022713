import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retainedBytes } from "../../../../test/support/heap.ts";
import {
  from0x,
  fromBase64,
  fromBase64Url,
  fromBase64Work,
  fromHex,
  fromHexWork,
  fromUtf8,
  fromUtf8Work,
  to0x,
  toBase64,
  toBase64Work,
  toHex,
  toHexWork,
  utf8,
  utf8Work,
} from "../../src/bytes/index.ts";
import { bytesPerUnit, type Work } from "../../src/work/index.ts";
import { codeOf } from "../support/code.ts";

const offsetView = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.of(9, ...bytes, 9).subarray(1, 1 + bytes.length);

describe("hex", () => {
  it("needs no more memory than its digits", () => {
    const kept = () =>
      new Set(Array.from({ length: 10_000 }, (_, i) => toHex(new Uint8Array(32).fill(i).fill(i >> 8, 16))));
    expect(retainedBytes(kept) / 10_000).toBeLessThan(300);
  });

  it("is written in lower case and read in either", () => {
    expect(toHex(offsetView(Uint8Array.of(0, 0xab, 0xff)))).toBe("00abff");
    expect(to0x(Uint8Array.of(0xab))).toBe("0xab");
    expect(fromHex("00aBFf")).toEqual(Uint8Array.of(0, 0xab, 0xff));
    expect(from0x("0xAb")).toEqual(Uint8Array.of(0xab));
    expect(fromHex("")).toEqual(new Uint8Array());
    expect(from0x("0x")).toEqual(new Uint8Array());
  });

  it.each([
    "0",
    "0x00",
    "gg",
    "0g",
    "g0",
    " 00",
    "00 ",
    "0-",
    "００",
    "/0",
    ":0",
    "@0",
    "G0",
    "`0",
    "+1",
    "1.",
    "0\n",
  ])("bytes/bad-hex: %j", (text) => expect(codeOf(() => fromHex(text))).toBe("bytes/bad-hex"));

  it.each(["", "0", "00", "0X00", "x00", "0x0", "0x0x00", " 0x00"])("bytes/bad-hex with prefix: %j", (text) =>
    expect(codeOf(() => from0x(text))).toBe("bytes/bad-hex"),
  );

  it("reads back any bytes", () =>
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(from0x(to0x(offsetView(bytes)))).toEqual(bytes);
      }),
    ));
});

describe("base64", () => {
  it.each(["", "AA==", "AAA=", "AAAA", "+/+/"])("%j reads back unchanged", (text) =>
    expect(toBase64(fromBase64(text))).toBe(text),
  );

  it.each([
    "A",
    "AA",
    "AAA",
    "AA=",
    "AB==",
    "AAB=",
    "AAAA=",
    "====",
    "=",
    "AA==AA==",
    "-_-_",
    "AA AA",
    "AAAA\n",
    "AÄAA",
  ])("bytes/bad-base64: %j", (text) => expect(codeOf(() => fromBase64(text))).toBe("bytes/bad-base64"));

  it("reads back any bytes", () =>
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(toBase64(offsetView(bytes))).toBe(Buffer.from(bytes).toString("base64"));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
    ));

  it("accepts only the text that it writes", () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."AQgw+/=4") }), (text) => {
        if (codeOf(() => fromBase64(text)) === "accepted") expect(toBase64(fromBase64(text))).toBe(text);
      }),
    ));
});

describe("UTF-8", () => {
  const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

  it.each([
    ["", ""],
    ["a", "61"],
    ["\0", "00"],
    ["\x7f\x80", "7fc280"],
    ["\u07ff\u0800", "dfbfe0a080"],
    ["\ud7ff\ue000\uffff", "ed9fbfee8080efbfbf"],
    ["\u{10000}\u{10ffff}", "f0908080f48fbfbf"],
    ["\ufeffa", "efbbbf61"],
  ])("%j is %s", (text, bytes) => {
    expect(Buffer.from(utf8(text)).toString("hex")).toBe(bytes);
    expect(fromUtf8(offsetView(hex(bytes)))).toBe(text);
  });

  it.each(["\ud800", "\udc00", "a\ud800a", "\udc00\ud800", "\ud800\ud800\udc00", "\udbff", "\udfff"])(
    "bytes/bad-utf8: the text %j",
    (text) => expect(codeOf(() => utf8(text))).toBe("bytes/bad-utf8"),
  );

  it.each([
    ["a continuation alone", "80"],
    ["another continuation alone", "bf"],
    ["overlong, two bytes", "c080"],
    ["overlong, two bytes, the longest", "c1bf"],
    ["overlong, three bytes", "e09fbf"],
    ["overlong, four bytes", "f08fbfbf"],
    ["a high surrogate", "eda080"],
    ["a low surrogate", "edbfbf"],
    ["a pair of surrogates", "eda080edb080"],
    ["beyond U+10FFFF", "f4908080"],
    ["an invalid lead byte", "f5808080"],
    ["five bytes", "f888808080"],
    ["ff", "ff"],
    ["no continuation", "c261"],
    ["a lead byte instead of a continuation", "e2c2ac"],
    ["cut after one of two", "c2"],
    ["cut after two of three", "e282"],
    ["cut after three of four", "f09080"],
  ])("bytes/bad-utf8: %s", (_, bytes) => {
    expect(codeOf(() => fromUtf8(hex(bytes)))).toBe("bytes/bad-utf8");
    expect(codeOf(() => fromUtf8(hex(`61${bytes}`)))).toBe("bytes/bad-utf8");
  });

  it("does not read beyond the given view", () =>
    expect(codeOf(() => fromUtf8(hex("e282ac").subarray(0, 2)))).toBe("bytes/bad-utf8"));

  it("agrees with the host about any text", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8(text)).toEqual(new TextEncoder().encode(text));
        expect(fromUtf8(utf8(text))).toBe(text);
      }),
    ));

  it("agrees with the host about any bytes", () => {
    const host = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const pieces = fc.constantFrom(
      "61",
      "c2",
      "80",
      "e2",
      "82",
      "ac",
      "f0",
      "90",
      "ed",
      "a0",
      "f4",
      "8f",
      "bf",
      "ef",
      "c3bc",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (parts) => {
        const bytes = hex(parts.join(""));
        let expected: string | undefined;
        try {
          expected = host.decode(bytes);
        } catch {
          expected = undefined;
        }
        if (expected === undefined) expect(codeOf(() => fromUtf8(bytes))).toBe("bytes/bad-utf8");
        else expect(fromUtf8(bytes)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads long texts in one piece", () => {
    for (const text of ["a".repeat(4095), "a".repeat(4096), `${"a".repeat(4095)}😀b`, "😀".repeat(10_000)])
      expect(fromUtf8(utf8(text))).toBe(text);
  });
});

describe("fromBase64Url", () => {
  it("reads the alphabet of URLs without padding", () => {
    for (const [text, hex] of [
      ["", ""],
      ["-_8", "fbff"],
      ["AA", "00"],
      ["AAEC", "000102"],
    ] as const)
      expect(toHex(fromBase64Url(text))).toBe(hex);
  });

  it.each(["+_8", "-/8", "-_8=", "AA==", "A", "-_9", "-_8\n"])("refuses %j: bytes/bad-base64", (text) => {
    expect(() => fromBase64Url(text)).toThrow(expect.objectContaining({ code: "bytes/bad-base64" }));
  });
});

describe("long texts", () => {
  const bytes = Uint8Array.from({ length: 400_001 }, (_, i) => (i * 7) % 251);
  const [hex, base64] = [Buffer.from(bytes).toString("hex"), Buffer.from(bytes).toString("base64")];

  /** The result of work, and the number of its pauses. */
  function done<T>(work: Work<T>): readonly [T, number] {
    for (let pauses = 0; ; pauses++) {
      const { done, value } = work.next();
      if (done === true) return [value, pauses];
    }
  }

  it.each([
    ["written as hex, 12 KiB in each unit", () => toHexWork(bytes), hex, 32],
    ["written as base64, 12 KiB in each unit", () => toBase64Work(bytes), base64, 32],
    ["read from hex, 16 KiB in each unit", () => fromHexWork(hex), bytes, 48],
    ["read from base64, 16 KiB in each unit", () => fromBase64Work(base64), bytes, 32],
  ])("are %s", (_, work, result, pauses) => expect(done<unknown>(work())).toEqual([result, pauses]));

  it("are encoded and decoded as UTF-8, 16 KiB in each unit, and no character is divided", () => {
    for (const start of ["", "a", "aa", "aaa"])
      for (const character of ["\u00e4", "\u20ac", "\u{10000}"]) {
        const text = start + character.repeat(100_000);
        const whole = utf8(text);
        expect(done(fromUtf8Work(whole))).toEqual([text, Math.ceil(whole.length / bytesPerUnit) - 1]);
        const [encoded, pauses] = done(utf8Work(text));
        expect([Buffer.compare(encoded, whole), pauses]).toEqual([
          0,
          Math.ceil(text.length / bytesPerUnit) - 1,
        ]);
      }
  });

  it.each([
    ["bytes/bad-base64", "padding before the end", () => fromBase64Work(`${"A".repeat(16_382)}==AAAA`)],
    ["bytes/bad-base64", "padding at the end of a unit", () => fromBase64Work(`${"A".repeat(16_383)}=AAAA`)],
    ["bytes/bad-hex", "an odd number of digits", () => fromHexWork("0".repeat(16_385))],
    ["bytes/bad-utf8", "many continuations", () => fromUtf8Work(new Uint8Array(200_000).fill(0x80))],
    ["bytes/bad-utf8", "a lone surrogate", () => utf8Work(`${"a".repeat(65_535)}\ud800a`)],
  ] as const)("%s: %s", (code, _, work) => expect(codeOf(() => done<unknown>(work()))).toBe(code));

  it.each([
    ["hex", "bytes/bad-hex", fromHexWork],
    ["base64", "bytes/bad-base64", fromBase64Work],
  ] as const)("report the length of the whole text, if its last piece is not %s", (_, code, read) => {
    const text = `${"A".repeat(40_000)}?AAA`;
    expect(() => done(read(text))).toThrow(expect.objectContaining({ detail: { code, length: 40_004 } }));
  });
});
