/** Remembers the hashes of a chain's last blocks, to tell whether a given block is part of the chain. */
import { equal } from "../bytes/index.ts";
import { fixed32 } from "../chain/index.ts";
import { CodecError } from "../scale/index.ts";
import type { BlockPoint } from "./header-run.ts";

/**
 * The last blocks of the chain whose hashes are remembered. The anchor's block is always remembered.
 * @limit blocks
 * @source chosen: 4.5 days of blocks at 6 s each, in 2 MB of memory
 * @past `query/block-too-old` for a query that names an older block; `dump/too-far-ahead` for a dump that
 * does not reach back to the mark
 */
export const maxKnownBlocks = 65_536;

/**
 * The number of hashes that a chunk has room for. The block number at the start of a chunk is a multiple of
 * this number.
 */
const chunkHashes = 1024;

/**
 * How a block relates to a chain: `known` if the chain contains the block, `other` if the chain has a
 * different block at this height, `ahead` if the chain does not reach this height, and `too-old` if the hash
 * at this height is not remembered.
 */
export type BlockRelation = "known" | "other" | "ahead" | "too-old";

/**
 * The hashes of a chain's last {@link maxKnownBlocks} blocks, and of its first block. The first block is the
 * one that the trust anchor names. Immutable. Instances share chunks.
 */
export class KnownBlocks {
  /** The chain's first block. Its hash is always remembered. */
  readonly first: BlockPoint;
  readonly #last: number;
  /** The chunks that contain the remembered hashes of the blocks after `first`, in order. */
  readonly #chunks: readonly Uint8Array[];

  private constructor(first: BlockPoint, last: number, chunks: readonly Uint8Array[]) {
    this.first = first;
    this.#last = last;
    const needed = last === first.number ? 0 : chunkOf(last) - chunkOf(oldestOf(first, last)) + 1;
    this.#chunks = chunks.slice(chunks.length - needed);
  }

  /** Makes a chain that has only its first block. */
  static from({ number, hash }: BlockPoint): KnownBlocks {
    return new KnownBlocks({ number, hash: fixed32(hash).slice() }, number, []);
  }

  /** The chain's last block. */
  get tip(): BlockPoint {
    return { number: this.#last, hash: this.#hashAt(this.#last) };
  }

  /** The bytes of memory that the hashes take. */
  get byteLength(): number {
    return this.#chunks.length * chunkHashes * 32;
  }

  /** Tells how a block relates to the chain. */
  relationOf({ number, hash }: BlockPoint): BlockRelation {
    if (number > this.#last) return "ahead";
    if (number !== this.first.number && number < oldestOf(this.first, this.#last)) return "too-old";
    return equal(hash, this.#hashAt(number)) ? "known" : "other";
  }

  /**
   * Returns the chain with these blocks appended. The caller has checked that each block is the child of the
   * one before it, and that the first of them is the child of the chain's last block.
   */
  append(blocks: Iterable<Hashed>): KnownBlocks {
    return new KnownBlocks(this.first, ...extend(this.#last, this.#chunks, blocks));
  }

  /**
   * The hashes (32 bytes each) of the last {@link maxKnownBlocks} blocks, without the first block, in order
   * and at most 1,024 at a time. {@link KnownBlocks.reading} reads them.
   */
  *hashes(): Generator<Uint8Array, void> {
    for (let next = oldestOf(this.first, this.#last); next <= this.#last; ) {
      const end = Math.min(this.#last + 1, (chunkOf(next) + 1) * chunkHashes);
      const chunk = this.#chunkOf(next);
      yield chunk.slice(placeOf(next), placeOf(next) + 32 * (end - next));
      next = end;
    }
  }

  /**
   * Reads the byte strings of {@link hashes}, one after another, into a chain that ends at block `last`.
   * @throws CodecError
   */
  static *reading({ number, hash }: BlockPoint, last: number): Generator<void, KnownBlocks, Uint8Array> {
    if (last < number) throw new CodecError({ code: "codec/out-of-range", type: "KnownBlocks" });
    const first = { number, hash: fixed32(hash).slice() };
    let known = new KnownBlocks(first, oldestOf(first, last) - 1, []);
    while (known.#last < last) {
      const hashes: Uint8Array = yield;
      const count = hashes.length / 32;
      if (count === 0 || !Number.isInteger(count) || count > last - known.#last)
        throw new CodecError({ code: "codec/out-of-range", type: "KnownBlocks" });
      known = known.append(split(hashes));
    }
    return known;
  }

  #hashAt(number: number): Uint8Array {
    if (number === this.first.number) return this.first.hash;
    return this.#chunkOf(number).slice(placeOf(number), placeOf(number) + 32);
  }

  /** The chunk with the hash of a remembered block after the first. */
  #chunkOf(number: number): Uint8Array {
    return this.#chunks.at(chunkOf(number) - chunkOf(this.#last) - 1) as Uint8Array;
  }
}

/** The number of the oldest block after `first` whose hash is remembered when the last block is `last`. */
function oldestOf(first: BlockPoint, last: number): number {
  return Math.max(first.number + 1, last - maxKnownBlocks + 1);
}

type Hashed = Pick<BlockPoint, "hash">;

/**
 * Adds the hashes of the blocks after `last`. The last chunk is copied before it changes, because other
 * instances may share it.
 * @returns the number of the new last block, and the chunks with the hashes
 */
function extend(
  last: number,
  chunks: readonly Uint8Array[],
  blocks: Iterable<Hashed>,
): [last: number, chunks: readonly Uint8Array[]] {
  const extended = [...chunks];
  let number = last;
  for (const { hash } of blocks) {
    number++;
    if (placeOf(number) === 0 || extended.length === 0) extended.push(new Uint8Array(chunkHashes * 32));
    else if (number === last + 1) extended.push((extended.pop() as Uint8Array).slice());
    (extended.at(-1) as Uint8Array).set(fixed32(hash), placeOf(number));
  }
  return [number, extended];
}

function* split(hashes: Uint8Array): Generator<Hashed, void> {
  for (let at = 0; at < hashes.length; at += 32) yield { hash: hashes.subarray(at, at + 32) };
}

function chunkOf(number: number): number {
  return Math.floor(number / chunkHashes);
}

/** The offset, in bytes, at which a chunk stores the hash of the block with this number. */
function placeOf(number: number): number {
  return (number % chunkHashes) * 32;
}
