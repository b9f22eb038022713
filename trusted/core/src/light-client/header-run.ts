/** Consecutive headers in little memory. */
import type { FinalizedHeader } from "./light-client.ts";

/** The number and hash of a block. */
export type BlockPoint = Pick<FinalizedHeader, "number" | "hash">;

/** The number of bytes that a run keeps of one header: hash, state root, extrinsics root and a flag. */
const recordBytes = 97;

/** Appended headers are copied into the last chunk, if the chunk then has at most this many headers. */
const chunkHeaders = 1024;

/** The records of consecutive headers. */
interface Chunk {
  /** The number of the first header. */
  readonly first: number;
  readonly records: Uint8Array;
}

/**
 * Consecutive headers, each the child of the one before it. A run takes 97 bytes for each header. It stores
 * neither numbers nor parent hashes, because the order determines both. Runs are immutable and share records.
 */
export class HeaderRun implements Iterable<FinalizedHeader> {
  /** The number of headers. */
  readonly length: number;
  readonly #parent: BlockPoint;
  readonly #chunks: readonly Chunk[];

  private constructor(parent: BlockPoint, chunks: readonly Chunk[]) {
    this.#parent = parent;
    this.#chunks = chunks;
    this.length = chunks.reduce((sum, chunk) => sum + headersIn(chunk), 0);
  }

  /** Makes a run without headers. The first header that is appended must be a child of this block. */
  static after({ number, hash }: BlockPoint): HeaderRun {
    return new HeaderRun({ number, hash }, []);
  }

  /** The last block of the run, or the block before the run if it has no headers. */
  get tip(): BlockPoint {
    return this.at(this.#parent.number + this.length) ?? this.#parent;
  }

  /** The header with this number. `undefined` if the run does not have it. */
  at(number: number): FinalizedHeader | undefined {
    const chunk = this.#chunks.find(({ first, records }) => number < first + records.length / recordBytes);
    if (chunk === undefined || number < chunk.first) return undefined;
    return readRecord(chunk, number, this.#hashAt(number - 1));
  }

  /** Appends headers. The caller has checked that each is the child of the one before it. */
  append(headers: readonly FinalizedHeader[]): HeaderRun {
    if (headers.length === 0) return this;
    const last = this.#chunks.at(-1);
    const merges = last !== undefined && headersIn(last) + headers.length <= chunkHeaders;
    const old = merges ? last.records : new Uint8Array();
    const records = new Uint8Array(old.length + headers.length * recordBytes);
    records.set(old);
    for (const [i, header] of headers.entries()) writeRecord(records, old.length + i * recordBytes, header);
    const first = merges ? last.first : this.#parent.number + this.length + 1;
    const before = merges ? this.#chunks.slice(0, -1) : this.#chunks;
    return new HeaderRun(this.#parent, [...before, { first, records }]);
  }

  /** Appends a run whose first header is a child of this run's last block. */
  concat(next: HeaderRun): HeaderRun {
    return new HeaderRun(this.#parent, [...this.#chunks, ...next.#chunks]);
  }

  /** The headers up to this number. */
  upTo(number: number): HeaderRun {
    const kept = this.#chunks.flatMap(({ first, records }) =>
      first > number ? [] : [{ first, records: records.subarray(0, (number - first + 1) * recordBytes) }],
    );
    return new HeaderRun(this.#parent, kept);
  }

  /** The headers after this number. */
  after(number: number): HeaderRun {
    const kept = this.#chunks.flatMap(({ first, records }) => {
      const skipped = Math.max(0, number - first + 1);
      const rest = records.subarray(skipped * recordBytes);
      return rest.length === 0 ? [] : [{ first: first + skipped, records: rest }];
    });
    const last = this.at(number);
    return new HeaderRun(last === undefined ? this.#parent : { number, hash: last.hash }, kept);
  }

  /** The first block whose digest reports a change of the runtime. `undefined` if there is none. */
  firstUpdate(): number | undefined {
    for (const { first, records } of this.#chunks)
      for (let i = 0; i < records.length / recordBytes; i++)
        if (records[i * recordBytes + 96] === 1) return first + i;
    return undefined;
  }

  *[Symbol.iterator](): Generator<FinalizedHeader, void> {
    let before = this.#parent.hash;
    for (const chunk of this.#chunks)
      for (let i = 0; i < headersIn(chunk); i++) {
        const header = readRecord(chunk, chunk.first + i, before);
        before = header.hash;
        yield header;
      }
  }

  #hashAt(number: number): Uint8Array {
    const chunk = this.#chunks.find(({ first, records }) => number < first + records.length / recordBytes);
    if (chunk === undefined || number < chunk.first) return this.#parent.hash;
    const at = (number - chunk.first) * recordBytes;
    return chunk.records.slice(at, at + 32);
  }
}

function headersIn({ records }: Chunk): number {
  return records.length / recordBytes;
}

function writeRecord(records: Uint8Array, at: number, header: FinalizedHeader): void {
  records.set(header.hash, at);
  records.set(header.stateRoot, at + 32);
  records.set(header.extrinsicsRoot, at + 64);
  records[at + 96] = header.runtimeUpdated ? 1 : 0;
}

/** Reads the record of a header. The byte strings in the result are copies. */
function readRecord({ first, records }: Chunk, number: number, parentHash: Uint8Array): FinalizedHeader {
  const at = (number - first) * recordBytes;
  return {
    number,
    hash: records.slice(at, at + 32),
    parentHash,
    stateRoot: records.slice(at + 32, at + 64),
    extrinsicsRoot: records.slice(at + 64, at + 96),
    runtimeUpdated: records[at + 96] === 1,
  };
}
