import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/bytes/index.ts";
import { leastBytes, pad, refusalText, unpad } from "../../src/channel/index.ts";
import { vectors } from "../crypto/vectors.ts";

const badPadding = expect.objectContaining({ code: "channel/bad-padding" });
const sizeOf = (length: number, least = 0) => pad(new Uint8Array(length), least).length;
const anyText = fc.uint8Array({ maxLength: 5_000 });
const anyLeast = fc.constantFrom(...Object.values(leastBytes), 300);

describe("pad", () => {
  it("writes the length, the text and zeros", () => {
    const padded = pad(utf8("abc"), 0);
    expect(padded.subarray(0, 7)).toEqual(Uint8Array.of(3, 0, 0, 0, 0x61, 0x62, 0x63));
    expect(padded.subarray(7)).toEqual(new Uint8Array(249));
  });

  it("makes the lengths of an independent implementation", () => {
    const lengths = vectors("channel/sealed.json").padded_lengths as [number, number][];
    expect(lengths.map(([length]) => [length, sizeOf(length)])).toEqual(lengths);
  });

  it("counts a short text as one of the least length", () => {
    const least = 1_000;
    expect([0, 1, least, 1_020, 1_021].map((length) => sizeOf(length, least))).toEqual([
      1_024, 1_024, 1_024, 1_024, 2_048,
    ]);
  });

  it("adds at most 12 % above 4 KiB, and never makes a longer text shorter", () => {
    for (let length = 4_093; length < 140_000; length += 61) {
      expect(sizeOf(length)).toBeLessThan(1.12 * (length + 4));
      expect(sizeOf(length + 61)).toBeGreaterThanOrEqual(sizeOf(length));
    }
  });
});

describe("unpad", () => {
  it("property: returns what was padded, also from a view with an offset", () => {
    fc.assert(
      fc.property(anyText, anyLeast, (text, least) => {
        const padded = pad(text, least);
        const shifted = new Uint8Array(padded.length + 3);
        shifted.set(padded, 3);
        expect(unpad(padded, least)).toEqual(text);
        expect(unpad(shifted.subarray(3), least)).toEqual(text);
      }),
    );
  });

  it("property: takes no other bytes for the text", () => {
    fc.assert(
      fc.property(
        anyText,
        anyLeast,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (text, least, at, change) => {
          const padded = pad(text, least);
          const place = at % padded.length;
          const changed = padded.with(place, (padded[place] as number) ^ change);
          try {
            expect(pad(unpad(changed, least), least)).toEqual(changed);
          } catch (error) {
            expect(error).toEqual(badPadding);
          }
        },
      ),
    );
  });

  const text = utf8("text");
  const padded = pad(text, 0);
  const headOf = (length: number) => {
    const head = padded.slice();
    new DataView(head.buffer).setUint32(0, length, true);
    return head;
  };
  it.each([
    ["no bytes", new Uint8Array()],
    ["fewer bytes than a length takes", new Uint8Array(3)],
    ["a text without padding", padded.subarray(0, 8)],
    ["a padded text that was cut", padded.subarray(0, 255)],
    ["the next size class", new Uint8Array([...padded, ...new Uint8Array(256)])],
    ["a last byte that is not zero", padded.with(255, 1)],
    ["a first byte after the text that is not zero", padded.with(8, 1)],
    ["a length that is too short", headOf(3)],
    ["a length past the end", headOf(253)],
    ["the longest length", headOf(0xffff_ffff)],
    ["a text that was padded with another least length", pad(text, 300)],
  ])("channel/bad-padding: %s", (_, bytes) => expect(() => unpad(bytes, 0)).toThrow(badPadding));

  it("channel/bad-padding: a text that was padded without the least length", () =>
    expect(() => unpad(padded, 300)).toThrow(badPadding));
});

describe("the smallest reply", () => {
  const u32 = 0xffff_ffff;
  it.each([
    { code: "query/answer-too-large", contractId: u32, limit: u32 },
    { code: "query/ahead", number: u32, dispatched: u32 },
    { code: "query/bad-encoding", field: "sig_type" },
    { code: "query/bad-origin", length: u32 },
    { code: "query/expired", issuedAt: u32, dispatched: u32 },
    { code: "query/too-many", limit: u32 },
  ])("is as long as the refusal %o", (detail) =>
    expect(sizeOf(utf8(refusalText(detail)).length, leastBytes.reply)).toBe(sizeOf(0, leastBytes.reply)),
  );
});
