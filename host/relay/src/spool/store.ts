/**
 * The spool of one chain on disk: finalized blocks by number, in LMDB. Each write is one transaction, so a
 * write is complete or has no effect, even if the process is killed.
 *
 * The store never exceeds its limit. To make room for a block, it drops the lowest blocks that the worker has
 * taken. When none of these is left, a block that the worker needs makes the store drop the highest blocks
 * above it. So the store keeps the oldest blocks that the worker needs, in whatever order blocks arrive. If
 * there is still no room, the store refuses the new block, and all higher blocks until the worker takes
 * blocks.
 */
import { mkdirSync } from "node:fs";
import { equal, toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { lockFolder } from "@pruntime/folder-lock";
import { type Database, open, type RootDatabase } from "lmdb";
import { RelayError } from "../error.ts";
import { decodeSpooled, encodeSpooled, merged, type SpooledBlock } from "./record.ts";

/** The first and the last block of a spool, and the bytes that it occupies. */
export interface SpoolExtent {
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly bytes: number;
}

/** An open spool of one chain, whose folder it locks. */
export class SpoolStore {
  readonly #folder: string;
  readonly #crypto: Crypto;
  readonly #maxBytes: number;
  readonly #unlock: () => void;
  readonly #environment: RootDatabase<number, string>;
  readonly #blocks: Database<Buffer, number>;
  /** Block numbers by hash, as hex. */
  readonly #numbers: Database<number, string>;
  /** The lowest block that found no room since the worker last took blocks. */
  #refused = Number.POSITIVE_INFINITY;

  /** Opens or makes a spool. @throws {@link RelayError} `relay/spool-failed` */
  constructor(folder: string, crypto: Crypto, maxBytes: number) {
    this.#folder = folder;
    this.#crypto = crypto;
    this.#maxBytes = maxBytes;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#unlock = lockFolder(folder);
    } catch (cause) {
      throw this.#failed(cause);
    }
    try {
      this.#environment = open({ path: `${folder}/blocks.lmdb`, encoding: "json", maxDbs: 2 });
      this.#blocks = this.#environment.openDB({ name: "blocks", encoding: "binary" });
      this.#numbers = this.#environment.openDB({ name: "numbers", encoding: "json" });
    } catch (cause) {
      this.#unlock();
      throw this.#failed(cause);
    }
  }

  /** The last block that the worker has taken. A block up to it may be dropped to make room. */
  get taken(): number {
    return this.#environment.get("taken") ?? 0;
  }

  /** Whether a block has found no room since the worker last took blocks. */
  get full(): boolean {
    return this.#refused !== Number.POSITIVE_INFINITY;
  }

  /** Records the last block that the worker has taken. @throws {@link RelayError} `relay/spool-failed` */
  async took(number: number): Promise<void> {
    if (number === this.taken) return;
    this.#refused = Number.POSITIVE_INFINITY;
    await this.#written(() => this.#environment.put("taken", number));
  }

  /** The record of a block as it is stored; `undefined` if there is none. */
  bytesAt(number: number): Uint8Array | undefined {
    const stored = this.#blocks.get(number);
    return stored === undefined ? undefined : Uint8Array.from(stored);
  }

  /** A block by its number; `undefined` if the spool does not have it, or cannot read it. */
  at(number: number): SpooledBlock | undefined {
    const stored = this.bytesAt(number);
    try {
      return stored && decodeSpooled(this.#crypto, stored);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return undefined;
    }
  }

  /** The number of the block with this hash, if the spool has that block. */
  numberOf(hash: Uint8Array): number | undefined {
    return this.#numbers.get(toHex(hash));
  }

  /** The lowest block from `from` on whose state can be read from the spool. */
  firstProven(from: number): number | undefined {
    for (const number of this.#blocks.getKeys({ start: from }))
      if ((this.at(number)?.proofs.length ?? 0) > 0) return number;
    return undefined;
  }

  extent(): SpoolExtent {
    const [first] = this.#blocks.getKeys({ limit: 1 });
    const [last] = this.#blocks.getKeys({ reverse: true, limit: 1 });
    return { first, last, bytes: this.#bytes };
  }

  /**
   * Adds parts of a block to those that the spool has. A block with a different hash replaces the stored
   * block at its height. Resolves once the block is on disk.
   * @returns whether there was room
   * @throws {@link RelayError} `relay/spool-failed`
   */
  async put(block: SpooledBlock): Promise<boolean> {
    try {
      await this.#environment.childTransaction(() => this.#write(block));
      return true;
    } catch (cause) {
      if (cause instanceof NoRoom) return false;
      throw this.#failed(cause);
    }
  }

  async close(): Promise<void> {
    await this.#environment.close();
    this.#unlock();
  }

  get #bytes(): number {
    return this.#environment.get("bytes") ?? 0;
  }

  /** @throws NoRoom, which undoes the transaction */
  #write(block: SpooledBlock): void {
    if (block.number > this.#refused) throw new NoRoom();
    const known = this.at(block.number);
    const same = known !== undefined && equal(known.hash, block.hash);
    const record = encodeSpooled(same ? merged(known, block) : block);
    let bytes = this.#bytes - this.#remove(block.number) + sizeOf(record.length);
    while (bytes > this.#maxBytes) bytes -= this.#makeRoom(block.number);
    void this.#blocks.put(block.number, Buffer.from(record));
    void this.#numbers.put(toHex(block.hash), block.number);
    void this.#environment.put("bytes", bytes);
  }

  /**
   * Drops one stored block to make room for block `number`. @returns the bytes that become free @throws
   * NoRoom
   */
  #makeRoom(number: number): number {
    const { first, last } = this.extent();
    if (first !== undefined && first < number && first <= this.taken) return this.#remove(first);
    if (last !== undefined && last > number && number > this.taken) return this.#remove(last);
    this.#refused = Math.min(this.#refused, number);
    throw new NoRoom();
  }

  /** @returns the bytes that become free */
  #remove(number: number): number {
    const stored = this.#blocks.get(number);
    if (stored === undefined) return 0;
    const hash = this.at(number)?.hash;
    if (hash !== undefined) void this.#numbers.remove(toHex(hash));
    void this.#blocks.remove(number);
    return sizeOf(stored.length);
  }

  async #written(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (cause) {
      throw this.#failed(cause);
    }
  }

  #failed(cause: unknown): RelayError {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : "";
    return new RelayError({ code: "relay/spool-failed", folder: this.#folder, reason }, { cause });
  }
}

/** Thrown inside a transaction to undo it, because no block may be dropped for the new one. */
class NoRoom extends Error {}

/**
 * The size of a page of LMDB.
 * @format
 */
const pageBytes = 4_096;

/** The bytes of a record on disk: whole pages, and its entries in both tables. */
function sizeOf(length: number): number {
  return Math.ceil((length + 16) / pageBytes) * pageBytes + 256;
}
