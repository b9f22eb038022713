/**
 * What a chain is remade from: an append-only file of block inputs.
 *
 * `"pdevlog2" ‖ genesis hash(32)`, then records `length u32 ‖ payload ‖ blake2b-256(payload)[0..8]` with
 * `payload = block hash(32) ‖ time u64 ‖ ends set u8 ‖ upgrades u8 ‖ Vec<Vec<u8>>`. A last record that is cut short or does not hash to its checksum was
 * being written when the process died: it is cut off. Anywhere else the log is damaged, and refused. Records outlive the process but are not
 * flushed: a machine that loses power may lose the latest.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { concat, equal, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeAll, encode, Reader } from "@pruntime/core/scale";
import { DevchainError } from "../error.ts";
import type { BlockInput } from "../runtime/block.ts";

/** A block as the log has it. */
export interface LoggedBlock extends BlockInput {
  readonly hash: Uint8Array;
  /** Signed extrinsics, with their length prefix. */
  readonly extrinsics: readonly Uint8Array[];
}

const magic = utf8("pdevlog2");
const checksumLength = 8;

/** An open log, at its end. */
export class BlockLog {
  readonly #crypto: Crypto;
  readonly #file: number;
  #length: number;

  private constructor(crypto: Crypto, file: number, length: number) {
    this.#crypto = crypto;
    this.#file = file;
    this.#length = length;
  }

  /**
   * Opens or begins the log of the chain with this genesis; answers what it holds.
   * @throws {@link DevchainError} `devchain/other-chain`, `devchain/bad-log`
   */
  static open(
    crypto: Crypto,
    path: string,
    genesisHash: Uint8Array,
  ): { readonly log: BlockLog; readonly blocks: readonly LoggedBlock[] } {
    const file = openSync(path, "a+", 0o600);
    try {
      const head = concat(magic, genesisHash);
      const bytes = Uint8Array.from(readFileSync(file));
      if (!equal(bytes.subarray(0, head.length), head.subarray(0, bytes.length)))
        throw new DevchainError({ code: "devchain/other-chain", path });
      if (bytes.length < head.length) {
        ftruncateSync(file, 0);
        writeAll(file, head);
        return { log: new BlockLog(crypto, file, head.length), blocks: [] };
      }
      const { blocks, end } = readRecords(crypto, bytes.subarray(head.length));
      ftruncateSync(file, head.length + end);
      return { log: new BlockLog(crypto, file, head.length + end), blocks };
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  append(block: LoggedBlock): void {
    const payload = encode(block, (w, { hash, timeMs, endsSet, upgrades, extrinsics }) =>
      w
        .raw(hash)
        .u64(timeMs)
        .bool(endsSet)
        .bool(upgrades)
        .vec(extrinsics, (w, extrinsic) => w.vecU8(extrinsic)),
    );
    this.#write(encode(payload, (w, bytes) => w.u32(bytes.length).raw(bytes).raw(checksum(this.#crypto, bytes))));
  }

  close(): void {
    closeSync(this.#file);
  }

  /** All or nothing: of a record that the disk has no room for, nothing stays. */
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

function readRecords(crypto: Crypto, bytes: Uint8Array): { readonly blocks: LoggedBlock[]; readonly end: number } {
  const r = new Reader(bytes);
  const blocks: LoggedBlock[] = [];
  for (;;) {
    const end = r.offset;
    if (r.left < 4) return { blocks, end };
    const length = r.u32();
    if (r.left < length + checksumLength) return { blocks, end };
    const payload = r.take(length);
    const whole = equal(r.take(checksumLength), checksum(crypto, payload));
    if (!whole && r.left === 0) return { blocks, end };
    if (!whole) throw new DevchainError({ code: "devchain/bad-log", number: blocks.length + 1 });
    blocks.push(decodeAll(payload, readBlock));
  }
}

function readBlock(r: Reader): LoggedBlock {
  return { hash: r.take(32), timeMs: r.u64(), endsSet: r.bool(), upgrades: r.bool(), extrinsics: r.vec(1, (r) => r.vecU8()) };
}

function checksum(crypto: Crypto, payload: Uint8Array): Uint8Array {
  return crypto.blake2b256(payload).subarray(0, checksumLength);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
