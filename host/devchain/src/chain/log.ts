/**
 * The chain's log: an append-only file of block inputs, from which the chain is rebuilt.
 *
 * `"pdevlog3" ‖ genesis hash(32)`, then records
 * `length u32 ‖ blake2b-256(length)[0..4] ‖ payload ‖ blake2b-256(payload)[0..8]` with
 * `payload = block hash(32) ‖ parent hash(32) ‖ time u64 ‖ Option<(delay u32, Option<median last finalized
 * u32>)> ‖ upgrade u8 (none, announced, silent) ‖ Vec<(para id u32, head Vec<u8>)> ‖ Vec<extrinsic Vec<u8>>`,
 * or `payload = block hash(32)` for a call to `finalize`.
 *
 * If the last record is incomplete or does not match its checksum, the process died while it wrote that
 * record, and the record is removed. Damage anywhere else is an error. A length has a checksum of its own,
 * because a damaged length could make all later records look like one incomplete record. Records survive the
 * end of the process, but they are not flushed to the disk, so a power failure may lose the latest ones.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { concat, equal, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeAll, encode, Reader, type Writer } from "@pruntime/core/scale";
import type { AuthorityChange } from "../consensus/changes.ts";
import { DevchainError } from "../error.ts";
import type { ParaHead } from "../network.ts";
import type { BlockInput, Upgrade } from "../runtime/block.ts";

/** A block as the log records it. */
export interface LoggedBlock extends BlockInput {
  readonly hash: Uint8Array;
  readonly parentHash: Uint8Array;
  /** The signed extrinsics, each with its length prefix. */
  readonly extrinsics: readonly Uint8Array[];
}

/** A record of the log: a block, or the hash of the block in a call to `finalize`. */
export type LogRecord =
  | { readonly kind: "block"; readonly block: LoggedBlock }
  | { readonly kind: "finalized"; readonly hash: Uint8Array };

const magic = utf8("pdevlog3");
const lengthChecksumLength = 4;
const checksumLength = 8;

/** An open log, positioned at its end. */
export class BlockLog {
  readonly #crypto: Crypto;
  readonly path: string;
  readonly #file: number;
  #length: number;

  private constructor(crypto: Crypto, path: string, file: number, length: number) {
    this.#crypto = crypto;
    this.path = path;
    this.#file = file;
    this.#length = length;
  }

  /**
   * Opens or creates the log of the chain with this genesis. Returns the log and its records.
   * @throws {@link DevchainError} `devchain/other-chain`, `devchain/bad-log`
   */
  static open(
    crypto: Crypto,
    path: string,
    genesisHash: Uint8Array,
  ): { readonly log: BlockLog; readonly records: readonly LogRecord[] } {
    const file = openSync(path, "a+", 0o600);
    try {
      const head = concat(magic, genesisHash);
      const bytes = Uint8Array.from(readFileSync(file));
      if (!equal(bytes.subarray(0, head.length), head.subarray(0, bytes.length)))
        throw new DevchainError({ code: "devchain/other-chain", path });
      if (bytes.length < head.length) {
        ftruncateSync(file, 0);
        writeAll(file, head);
        return { log: new BlockLog(crypto, path, file, head.length), records: [] };
      }
      const { records, end } = readRecords(crypto, path, bytes.subarray(head.length));
      ftruncateSync(file, head.length + end);
      return { log: new BlockLog(crypto, path, file, head.length + end), records };
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  append(record: LogRecord): void {
    const payload = record.kind === "finalized" ? record.hash : encode(record.block, writeBlock);
    const length = encode(payload.length, (w, bytes) => w.u32(bytes));
    const lengthChecksum = checksum(this.#crypto, length).subarray(0, lengthChecksumLength);
    this.#write(concat(length, lengthChecksum, payload, checksum(this.#crypto, payload)));
  }

  close(): void {
    closeSync(this.#file);
  }

  /**
   * Writes the whole record or nothing. If the write fails, for example on a full disk, removes the partial
   * record.
   */
  #write(record: Uint8Array): void {
    try {
      writeAll(this.#file, record);
      this.#length += record.length;
    } catch (error) {
      ftruncateSync(this.#file, this.#length);
      throw error;
    }
  }
}

function readRecords(
  crypto: Crypto,
  path: string,
  bytes: Uint8Array,
): { readonly records: LogRecord[]; readonly end: number } {
  const r = new Reader(bytes);
  const records: LogRecord[] = [];
  let number = 1;
  for (;;) {
    const end = r.offset;
    if (r.left < 4 + lengthChecksumLength) return { records, end };
    const length = readLength(crypto, r);
    if (length === undefined) throw new DevchainError({ code: "devchain/bad-log", path, number });
    if (r.left < length + checksumLength) return { records, end };
    const payload = r.take(length);
    const whole = equal(r.take(checksumLength), checksum(crypto, payload));
    if (!whole && r.left === 0) return { records, end };
    if (!whole) throw new DevchainError({ code: "devchain/bad-log", path, number });
    if (length === 32) records.push({ kind: "finalized", hash: payload });
    else number = records.push({ kind: "block", block: decodeAll(payload, readBlock) }) + 1;
  }
}

/** Reads a record's length; `undefined` if the length does not match its checksum. */
function readLength(crypto: Crypto, r: Reader): number | undefined {
  const bytes = r.take(4);
  const lengthChecksum = checksum(crypto, bytes).subarray(0, lengthChecksumLength);
  return equal(r.take(lengthChecksumLength), lengthChecksum) ? new Reader(bytes).u32() : undefined;
}

function readBlock(r: Reader): LoggedBlock {
  const [hash, parentHash, timeMs] = [r.take(32), r.take(32), r.u64()];
  const change = r.option(readChange);
  return {
    hash,
    parentHash,
    timeMs,
    change,
    upgrade: readUpgrade(r),
    heads: r.vec(5, readHead),
    extrinsics: r.vec(1, (r) => r.vecU8()),
  };
}

const upgrades = ["announced", "silent"] as const;

function readUpgrade(r: Reader): Upgrade | undefined {
  const tag = r.u8();
  if (tag > upgrades.length) throw r.badTag("Upgrade", tag);
  return upgrades[tag - 1];
}

function readHead(r: Reader): ParaHead {
  return { paraId: r.u32(), head: r.vecU8().slice() };
}

function readChange(r: Reader): AuthorityChange {
  const delay = r.u32();
  const medianLastFinalized = r.option((r) => r.u32());
  return medianLastFinalized === undefined ? { delay } : { delay, medianLastFinalized };
}

function writeBlock(
  w: Writer,
  { hash, parentHash, timeMs, change, upgrade, heads, extrinsics }: LoggedBlock,
): void {
  w.raw(hash).raw(parentHash).u64(timeMs);
  w.option(change, (w, { delay, medianLastFinalized }) =>
    w.u32(delay).option(medianLastFinalized, (w, median) => w.u32(median)),
  );
  w.u8(upgrade === undefined ? 0 : upgrades.indexOf(upgrade) + 1).vec(heads, (w, { paraId, head }) =>
    w.u32(paraId).vecU8(head),
  );
  w.vec(extrinsics, (w, extrinsic) => w.vecU8(extrinsic));
}

function checksum(crypto: Crypto, payload: Uint8Array): Uint8Array {
  return crypto.blake2b256(payload).subarray(0, checksumLength);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
