import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BlockPoint, KnownBlocks, maxKnownBlocks } from "../../src/light-client/index.ts";
import { decodeAll, encode } from "../../src/scale/index.ts";

/** The hash of a block of a made-up chain. Another fork has other hashes. */
function hashOf(number: number, fork = 0): Uint8Array {
  const hash = new Uint8Array(32).fill(fork + 1);
  new DataView(hash.buffer).setUint32(0, number);
  return hash;
}

const block = (number: number, fork = 0): BlockPoint => ({ number, hash: hashOf(number, fork) });

/** The blocks from one number to another, which do not exist all at once. */
function* blocks(from: number, to: number, fork = 0): Generator<BlockPoint, void> {
  for (let number = from; number <= to; number++) yield block(number, fork);
}

/** A chain whose blocks were appended in batches of these lengths. */
function appended(first: number, lengths: readonly number[]): KnownBlocks {
  let chain = KnownBlocks.from(block(first));
  for (const length of lengths) {
    const next = chain.tip.number + 1;
    chain = chain.append(blocks(next, next + length - 1));
  }
  return chain;
}

const written = (chain: KnownBlocks) => encode(chain, (w) => chain.write(w));
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0; // fast, for two megabytes
const read = (bytes: Uint8Array) => decodeAll(bytes, KnownBlocks.read);

describe("KnownBlocks", () => {
  it("tells a block of the chain from another block of the same height and from a later block", () => {
    const chain = appended(7, [3]);
    expect(chain.tip).toEqual(block(10));
    for (const number of [7, 8, 9, 10]) {
      expect(chain.relationOf(block(number))).toBe("known");
      expect(chain.relationOf(block(number, 1))).toBe("other");
    }
    expect(chain.relationOf(block(11))).toBe("ahead");
    expect(chain.relationOf(block(6))).toBe("too-old");
  });

  it("remembers the last 65,536 blocks and the first block", () => {
    const length = maxKnownBlocks + 5000;
    const chain = appended(3, [length]);
    const oldest = 3 + length - maxKnownBlocks + 1;
    for (const number of [3, oldest, oldest + 1, 3 + length]) {
      expect(chain.relationOf(block(number))).toBe("known");
      expect(chain.relationOf(block(number, 1))).toBe("other");
    }
    for (const number of [2, 4, oldest - 1]) expect(chain.relationOf(block(number))).toBe("too-old");
  });

  it("holds at most one chunk of hashes more than it remembers", () => {
    for (const lengths of [[200_000], [70_000, 1, 1023, 1024, 1025, 60_000]]) {
      expect(appended(5, lengths).byteLength).toBeLessThanOrEqual(32 * (maxKnownBlocks + 1024));
      expect(read(written(appended(5, lengths))).byteLength).toBeLessThanOrEqual(
        32 * (maxKnownBlocks + 1024),
      );
    }
  });

  it("is the same chain, however its blocks were appended, and after it was written and read", () => {
    fc.assert(
      fc.property(
        fc.nat(3000),
        fc.array(fc.nat(1500), { maxLength: 5 }),
        fc.nat(8000),
        (first, lengths, number) => {
          const total = lengths.reduce((sum, length) => sum + length, 0);
          const [chain, whole] = [appended(first, lengths), appended(first, [total])];
          expect(same(written(chain), written(whole))).toBe(true);
          expect(read(written(chain)).tip).toEqual(block(first + total));
          const want = number < first ? "too-old" : number > first + total ? "ahead" : "known";
          for (const one of [chain, whole, read(written(chain))])
            expect(one.relationOf(block(number))).toBe(want);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("does not change when another chain grows from it", () => {
    const chain = appended(0, [1500]);
    const [one, two] = [chain.append(blocks(1501, 1600, 1)), chain.append(blocks(1501, 1700, 2))];
    expect(chain.relationOf(block(1501, 1))).toBe("ahead");
    expect([one.relationOf(block(1550, 1)), one.relationOf(block(1550, 2))]).toEqual(["known", "other"]);
    expect([two.relationOf(block(1550, 1)), two.relationOf(block(1550, 2))]).toEqual(["other", "known"]);
  });
});

describe("KnownBlocks.read", () => {
  it("reads `first ‖ last ‖ hashes`, to the byte", () => {
    const bytes = encode(0, (w) => w.u32(7).raw(hashOf(7)).u32(9).raw(hashOf(8)).raw(hashOf(9)));
    expect(written(appended(7, [2]))).toEqual(bytes);
    expect(read(bytes).tip).toEqual(block(9));
  });

  it("reads no more than 65,536 hashes", () => {
    const chain = appended(7, [maxKnownBlocks + 9]);
    expect(written(chain)).toHaveLength(40 + 32 * maxKnownBlocks);
    expect(same(written(read(written(chain))), written(chain))).toBe(true);
  });

  it("codec/out-of-range: a last block before the first", () => {
    const bytes = encode(0, (w) => w.u32(7).raw(hashOf(7)).u32(6));
    expect(() => read(bytes)).toThrow("codec/out-of-range");
  });

  it("codec/truncated: hashes that are missing, of which none is allocated", () => {
    const bytes = encode(0, (w) => w.u32(7).raw(hashOf(7)).u32(0xffff_ffff).raw(hashOf(8)));
    expect(() => read(bytes)).toThrow("codec/truncated");
    const whole = written(appended(7, [2]));
    for (let end = 0; end < whole.length; end++)
      expect(() => read(whole.subarray(0, end))).toThrow("codec/truncated");
    expect(() => read(Uint8Array.of(...whole, 0))).toThrow("codec/trailing");
  });
});
