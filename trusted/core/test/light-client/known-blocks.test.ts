import { concat } from "@pruntime/core/bytes";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BlockPoint, KnownBlocks, maxKnownBlocks } from "../../src/light-client/index.ts";

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

const written = (chain: KnownBlocks) => concat(...chain.hashes());
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0; // fast, for two megabytes

/** Reads hashes back into a chain with these first and last blocks. */
function read(parts: Iterable<Uint8Array>, first: BlockPoint, last: number): KnownBlocks | undefined {
  const reading = KnownBlocks.reading(first, last);
  let step = reading.next();
  for (const part of parts) step = reading.next(part);
  return step.done === true ? step.value : undefined;
}

const again = (chain: KnownBlocks) => read(chain.hashes(), chain.first, chain.tip.number) as KnownBlocks;

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
      expect(again(appended(5, lengths)).byteLength).toBeLessThanOrEqual(32 * (maxKnownBlocks + 1024));
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
          expect(again(chain).tip).toEqual(block(first + total));
          const want = number < first ? "too-old" : number > first + total ? "ahead" : "known";
          for (const one of [chain, whole, again(chain)]) expect(one.relationOf(block(number))).toBe(want);
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

describe("KnownBlocks.hashes", () => {
  it("are the hashes after the first block, at most 1,024 at a time", () => {
    expect([...appended(7, [2]).hashes()]).toEqual([Uint8Array.of(...hashOf(8), ...hashOf(9))]);
    expect([...appended(7, []).hashes()]).toEqual([]);
    const lengths = [...appended(7, [maxKnownBlocks + 9]).hashes()].map(({ length }) => length / 32);
    expect(Math.max(...lengths)).toBe(1024);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(maxKnownBlocks);
  });
});

describe("KnownBlocks.reading", () => {
  it("reads the same chain back", () => {
    for (const lengths of [[], [1], [1500], [maxKnownBlocks + 9]])
      expect(same(written(again(appended(7, lengths))), written(appended(7, lengths)))).toBe(true);
  });

  it("wants all hashes, and allocates none in advance", () => {
    expect(read([hashOf(8)], block(7), 0xffff_ffff)).toBeUndefined();
    expect(read([hashOf(8)], block(7), 9)).toBeUndefined();
    expect(read([hashOf(8), hashOf(9)], block(7), 9)?.tip).toEqual(block(9));
  });

  it.each([
    ["a last block before the first", [], 6],
    ["no hash", [new Uint8Array()], 9],
    ["a part of a hash", [new Uint8Array(33)], 9],
    ["more hashes than blocks", [new Uint8Array(96)], 9],
  ] as const)("codec/out-of-range: %s", (_, parts, last) =>
    expect(() => read(parts, block(7), last)).toThrow("codec/out-of-range"),
  );
});
