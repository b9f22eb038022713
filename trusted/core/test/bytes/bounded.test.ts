import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedBytes, concat } from "../../src/bytes/index.ts";

describe("BoundedBytes", () => {
  it("property: collects the pieces that fit, in order, and refuses a piece that does not fit", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), fc.nat(200), (pieces, limit) => {
        const collected = new BoundedBytes(limit);
        let want = new Uint8Array();
        for (const piece of pieces) {
          const fits = want.length + piece.length <= limit;
          if (fits) want = concat(want, piece) as Uint8Array<ArrayBuffer>;
          expect(collected.add(piece)).toBe(fits);
          expect(collected.bytes()).toEqual(want);
        }
      }),
    );
  });

  it("uses memory in proportion to the bytes, even if each piece is one byte", () => {
    const collected = new BoundedBytes(1 << 20);
    for (let i = 0; i < 70_000; i++) collected.add(Uint8Array.of(i & 255));
    expect(collected.bytes().length).toBe(70_000);
    expect(collected.bytes().buffer.byteLength).toBeLessThanOrEqual(140_000);
  });
});
