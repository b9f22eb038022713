import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Asn1Error, context, type DerReader, decodeDer, tags } from "../../src/asn1/index.ts";
import { concat, fromHex, toHex, utf8 } from "../../src/bytes/index.ts";
import { codeOf } from "../support/code.ts";
import * as write from "../support/der.ts";

const read = <T>(hex: string, reader: (r: DerReader) => T): T => decodeDer(fromHex(hex), reader);
const refused = (hex: string, reader: (r: DerReader) => unknown): string => codeOf(() => read(hex, reader));

describe("decodeDer", () => {
  it("reads lengths in their shortest form only", () => {
    const any = (r: DerReader) => r.any().content.length;
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const size = length < 128 ? "" : length < 256 ? "81" : length < 65_536 ? "82" : "83";
      const hex = length.toString(16).padStart(size === "" || size === "81" ? 2 : size === "82" ? 4 : 6, "0");
      expect(read(`04${size}${hex}${"00".repeat(length)}`, any)).toBe(length);
    }
    expect(refused("0480000000", any)).toBe("asn1/bad-length"); // indefinite
    expect(refused(`04817f${"00".repeat(127)}`, any)).toBe("asn1/bad-length");
    expect(refused(`048200ff${"00".repeat(255)}`, any)).toBe("asn1/bad-length");
    expect(refused(`04830000ff${"00".repeat(255)}`, any)).toBe("asn1/bad-length");
    expect(refused(`048400000100${"00".repeat(256)}`, any)).toBe("asn1/bad-length");
    expect(refused("04ff", any)).toBe("asn1/bad-length");
  });

  it("refuses input that ends early, and bytes after the end", () => {
    const whole = toHex(write.sequence(write.integer(5), write.octets(new Uint8Array(200))));
    const pair = (r: DerReader) => {
      const inner = r.enter();
      inner.unsigned();
      inner.content(tags.octetString);
      inner.end();
    };
    read(whole, pair);
    for (let end = 0; end < whole.length; end += 2)
      expect(refused(whole.slice(0, end), pair)).toBe("asn1/truncated");
    expect(refused(`${whole}00`, pair)).toBe("asn1/trailing");
    expect(refused("3003020105", (r) => r.enter().end())).toBe("asn1/trailing");
  });

  it("refuses a tag other than the one asked for, and long tags", () => {
    expect(refused("020105", (r) => r.content(tags.octetString))).toBe("asn1/bad-tag");
    expect(refused("1f8101 00".replace(" ", ""), (r) => r.any())).toBe("asn1/bad-tag");
    expect(read("a003020105", (r) => r.enter(context(0)).number(1))).toBe(5);
  });

  it("refuses values that are nested too deeply", () => {
    const nested = (depth: number): Uint8Array =>
      depth === 0 ? write.integer(1) : write.sequence(nested(depth - 1));
    const descend = (r: DerReader): number => (r.peek() === tags.sequence ? descend(r.enter()) : r.number(1));
    expect(decodeDer(nested(16), descend)).toBe(1);
    expect(codeOf(() => decodeDer(nested(17), descend))).toBe("asn1/too-deep");
  });

  it("reads an offset view", () => {
    const bytes = write.sequence(write.integer(300));
    const view = concat(utf8("xx"), bytes, utf8("y")).subarray(2, 2 + bytes.length);
    expect(decodeDer(view, (r) => r.enter().number(2))).toBe(300);
  });

  it("throws nothing but its own error at arbitrary bytes", () => {
    const walk = (r: DerReader): void => {
      while (!r.done) {
        const { tag, content } = r.any();
        if ((tag & 0x20) !== 0) walk(r.into(content));
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeDer(bytes, walk);
        } catch (error) {
          expect(error).toBeInstanceOf(Asn1Error);
        }
      }),
    );
  });
});

describe("values", () => {
  it("reads minimal, non-negative integers", () => {
    const unsigned = (r: DerReader) => toHex(r.unsigned());
    expect(read("020100", unsigned)).toBe("00");
    expect(read("02020080", unsigned)).toBe("80");
    expect(read("02020100", unsigned)).toBe("0100");
    for (const bad of ["0200", "020180", "02020001", "02020000", "0202ff80"])
      expect(refused(bad, unsigned)).toBe("asn1/bad-value");
    expect(refused("02020100", (r) => r.number(1))).toBe("asn1/bad-value");
  });

  it("reads both booleans, and no third one", () => {
    expect(read("0101ff", (r) => r.boolean())).toBe(true);
    expect(read("010100", (r) => r.boolean())).toBe(false);
    for (const bad of ["010101", "0100", "0102ffff"])
      expect(refused(bad, (r) => r.boolean())).toBe("asn1/bad-value");
  });

  it("reads identifiers", () => {
    for (const id of [
      "2.5.4.3",
      "1.2.840.113741.1.13.1.2.18",
      "0.0",
      "1.3.6.1.4.1.3704.1.3.1",
      "1.2.2147483647",
    ])
      expect(read(toHex(write.oid(id)), (r) => r.oid())).toBe(id);
    expect(refused(toHex(write.oid("1.2.2147483648")), (r) => r.oid())).toBe("asn1/bad-value");
    expect(read("0603550403", (r) => r.oid())).toBe("2.5.4.3");
    expect(read("0603883703", (r) => r.oid())).toBe("2.999.3");
    for (const bad of ["0600", "060180", "06028001", "060255ff", "060755ffffffffff7f"])
      expect(refused(bad, (r) => r.oid())).toBe("asn1/bad-value");
  });

  it("reads bit strings of whole bytes, and flags with clean unused bits", () => {
    expect(read("03020080", (r) => toHex(r.octetsOfBits()))).toBe("80");
    for (const bad of ["0300", "03020780"])
      expect(refused(bad, (r) => r.octetsOfBits())).toBe("asn1/bad-value");
    expect(read("03020106", (r) => r.flags())).toBe(0x0600);
    expect(read("0303070080", (r) => r.flags())).toBe(0x0080);
    expect(read("030100", (r) => r.flags())).toBe(0);
    for (const bad of ["0300", "030101", "03020107", "03020800", "030400000000"])
      expect(refused(bad, (r) => r.flags())).toBe("asn1/bad-value");
  });

  it("reads only times that exist, in UTC and whole seconds", () => {
    const at = (text: string) =>
      read(toHex(write.der(text.length === 13 ? 0x17 : 0x18, utf8(text))), (r) => r.time());
    expect(at("180521105010Z")).toBe(Date.UTC(2018, 4, 21, 10, 50, 10));
    expect(at("491231235959Z")).toBe(Date.UTC(2049, 11, 31, 23, 59, 59));
    expect(at("500101000000Z")).toBe(Date.UTC(1950, 0, 1));
    expect(at("20240229000000Z")).toBe(Date.UTC(2024, 1, 29));
    for (const bad of [
      "230229000000Z",
      "180021105010Z",
      "181321105010Z",
      "180500105010Z",
      "180532105010Z",
      "180521245010Z",
      "180521106010Z",
      "180521105060Z",
      "18052110501 Z",
      "1805211050100",
      "00010101000000Z",
      "20240229000000+",
    ])
      expect(codeOf(() => at(bad))).toBe("asn1/bad-value");
    expect(refused(toHex(write.der(0x17, utf8("1805211050Z"))), (r) => r.time())).toBe("asn1/bad-value");
    expect(refused(toHex(write.der(0x17, utf8("18052110501000Z"))), (r) => r.time())).toBe("asn1/bad-value");
    expect(at("19000101000000Z")).toBe(Date.UTC(1900, 0, 1));
    expect(refused("020105", (r) => r.time())).toBe("asn1/bad-tag");
  });
});
