/** Keeps consecutive headers in little memory. */
import type { FinalizedHeader } from "./light-client.ts";

/** The number and hash of a block. */
export type BlockPoint = Pick<FinalizedHeader, "number" | "hash">;

/**
 * The number of bytes that a run keeps of one header: hash, state root, extrinsics root and a flag.
 * @format
 */
const recordBytes = 97;

/**
 * The number of headers that a chunk has room for. The block number at the start of a chunk is a multiple of
 * this number.
 */
const chunkHeaders = 1024;

/**
 * Consecutive headers, each the child of the one before it. A run takes 97 bytes for each header. It stores
 * neither numbers nor parent hashes, because the order determines both. Runs are immutable and share chunks.
 *
 * The number of a header determines its chunk and its place in the chunk, so a header is found without a
 * search. A cut copies no records: the first and the last chunk may have records of headers outside the run.
 */
export class HeaderRun implements Iterable<FinalizedHeader> {
  /** The number of headers. */
  readonly length: number;
  readonly #parent: BlockPoint;
  /** The chunks that contain the run's records, in order. Empty if the run has no headers. */
  readonly #chunks: readonly Uint8Array[];

  private constructor(parent: BlockPoint, length: number, chunks: readonly Uint8Array[]) {
    this.#parent = parent;
    this.length = length;
    this.#chunks = chunks;
  }

  /** Makes a run without headers. The first header that is appended must be a child of this block. */
  static after({ number, hash }: BlockPoint): HeaderRun {
    return new HeaderRun({ number, hash }, 0, []);
  }

  /** The last block of the run, or the block before the run if the run has no headers. */
  get tip(): BlockPoint {
    return { number: this.#last, hash: this.#hashAt(this.#last) };
  }

  /** The bytes of memory that the run keeps alive: 97 for each header, and less than two chunks. */
  get byteLength(): number {
    return this.#chunks.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  }

  /** The header with this number, or `undefined` if the run has no such header. */
  at(number: number): FinalizedHeader | undefined {
    if (number <= this.#parent.number || number > this.#last) return undefined;
    return readRecord(this.#chunkOf(number), number, this.#hashAt(number - 1));
  }

  /**
   * Returns a run with these headers appended. The caller has checked that each is the child of the one
   * before it.
   */
  append(headers: readonly FinalizedHeader[]): HeaderRun {
    const chunks: Uint8Array[] = [];
    for (const [i, header] of headers.entries()) {
      const number = this.#last + 1 + i;
      if (i === 0 || placeOf(number) === 0) chunks.push(new Uint8Array(chunkHeaders * recordBytes));
      writeRecord(chunks.at(-1) as Uint8Array, placeOf(number), header);
    }
    return this.concat(new HeaderRun(this.tip, headers.length, chunks));
  }

  /**
   * Returns this run followed by `next`. The first header of `next` must be a child of this run's last block.
   * If these two blocks are in the same chunk, the new run gets its own copy of the chunk, because other runs
   * may use the old chunks.
   */
  concat(next: HeaderRun): HeaderRun {
    const [last, [first, ...others]] = [this.#chunks.at(-1), next.#chunks];
    if (first === undefined) return this;
    const length = this.length + next.length;
    const place = placeOf(this.#last + 1);
    if (last === undefined || place === 0)
      return new HeaderRun(this.#parent, length, [...this.#chunks, ...next.#chunks]);
    const both = first.slice();
    both.set(last.subarray(0, place));
    return new HeaderRun(this.#parent, length, [...this.#chunks.slice(0, -1), both, ...others]);
  }

  /** The headers up to and including this number. */
  upTo(number: number): HeaderRun {
    return this.#between(this.#parent, this.#nearest(number));
  }

  /** The headers after this number. */
  after(number: number): HeaderRun {
    const parent = this.#nearest(number);
    return this.#between({ number: parent, hash: this.#hashAt(parent) }, this.#last);
  }

  /**
   * The number of the first block whose digest reports a change of the runtime, or `undefined` if no digest
   * does.
   */
  firstUpdate(): number | undefined {
    for (let number = this.#parent.number + 1; number <= this.#last; number++)
      if (this.#chunkOf(number)[placeOf(number) + 96] === 1) return number;
    return undefined;
  }

  *[Symbol.iterator](): Generator<FinalizedHeader, void> {
    let before = this.#parent.hash;
    for (let number = this.#parent.number + 1; number <= this.#last; number++) {
      const header = readRecord(this.#chunkOf(number), number, before);
      before = header.hash;
      yield header;
    }
  }

  /** The number of the last header, or of the block before the run if the run has no headers. */
  get #last(): number {
    return this.#parent.number + this.length;
  }

  /** The number nearest to the given one, from the block before the run to the last header. */
  #nearest(number: number): number {
    return Math.max(this.#parent.number, Math.min(number, this.#last));
  }

  /** The headers after `parent`, up to the number `last`. */
  #between(parent: BlockPoint, last: number): HeaderRun {
    const length = last - parent.number;
    if (length === 0) return new HeaderRun(parent, 0, []);
    const chunks = this.#chunks.slice(this.#indexOf(parent.number + 1), this.#indexOf(last) + 1);
    return new HeaderRun(parent, length, chunks);
  }

  /** The hash of a header of the run, or of the block before the run. */
  #hashAt(number: number): Uint8Array {
    if (number === this.#parent.number) return this.#parent.hash;
    const at = placeOf(number);
    return this.#chunkOf(number).slice(at, at + 32);
  }

  /** The chunk with the record of a header of the run. */
  #chunkOf(number: number): Uint8Array {
    return this.#chunks[this.#indexOf(number)] as Uint8Array;
  }

  #indexOf(number: number): number {
    return Math.floor(number / chunkHeaders) - Math.floor((this.#parent.number + 1) / chunkHeaders);
  }
}

/** The offset, in bytes, at which a chunk stores the record of the header with this number. */
function placeOf(number: number): number {
  return (number % chunkHeaders) * recordBytes;
}

function writeRecord(records: Uint8Array, at: number, header: FinalizedHeader): void {
  records.set(header.hash, at);
  records.set(header.stateRoot, at + 32);
  records.set(header.extrinsicsRoot, at + 64);
  records[at + 96] = header.runtimeUpdated ? 1 : 0;
}

/** Reads the record of a header. The byte strings in the result are copies. */
function readRecord(records: Uint8Array, number: number, parentHash: Uint8Array): FinalizedHeader {
  const at = placeOf(number);
  return {
    number,
    hash: records.slice(at, at + 32),
    parentHash,
    stateRoot: records.slice(at + 32, at + 64),
    extrinsicsRoot: records.slice(at + 64, at + 96),
    runtimeUpdated: records[at + 96] === 1,
  };
}
