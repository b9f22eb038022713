/**
 * The spool of one chain, as sessions use it. Sessions read parts of blocks from the spool before they ask a
 * node, and store the parts that they fetch.
 *
 * The worker verifies all data from the spool. If the worker refuses data, the spool distrusts the blocks
 * that were read since the worker last accepted a call. For these blocks, the relay asks other sources first,
 * and their answers replace the stored parts. Nothing is deleted, because there may be no other source.
 */
import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { RelayError } from "../error.ts";
import type { SpooledBlock } from "./record.ts";
import type { RemoteSpool } from "./remote.ts";
import type { SpoolStore } from "./store.ts";

/** The facts that identify a block. */
export type BlockIdentity = Pick<SpooledBlock, "number" | "hash" | "encodedHeader">;

/**
 * How far below the finalized head a block may be to be spooled.
 * @limit blocks
 * @source a node that still has the block's state is an archive, and keeps the state anyway
 * @past the block is not stored
 */
const deepest = 4_096;

/** A chain's spool. */
export class Spool {
  readonly store: SpoolStore;
  readonly #crypto: Crypto;
  readonly #genesisHash: Uint8Array;
  readonly #remotes: readonly RemoteSpool[];
  readonly #note: (text: string) => void;
  /** Blocks that were read from the spool since the worker last accepted a call. */
  readonly #used = new Set<number>();
  readonly #distrusted = new Set<number>();
  /** Other relays whose blocks were read since the worker last accepted a call. */
  readonly #suppliers = new Set<RemoteSpool>();
  readonly #importing = new Map<number, Promise<SpooledBlock | undefined>>();
  readonly #writing = new Set<Promise<void>>();
  #failing = false;
  #head = 0;

  constructor(
    crypto: Crypto,
    genesisHash: Uint8Array,
    store: SpoolStore,
    remotes: readonly RemoteSpool[],
    note: (text: string) => void,
  ) {
    this.#crypto = crypto;
    this.#genesisHash = genesisHash;
    this.store = store;
    this.#remotes = remotes;
    this.#note = note;
  }

  /** Tells the spool a node's finalized head. */
  sawHead(number: number): void {
    this.#head = Math.max(this.#head, number);
  }

  /** Reads a part of a block, unless the spool lacks it or the block is distrusted. */
  read<T>({ number, hash }: BlockIdentity, part: (block: SpooledBlock) => T | undefined): T | undefined {
    return this.#distrusted.has(number) ? undefined : this.#stored(number, hash, part);
  }

  /**
   * Reads a part of a block that no node has any more: from another relay's spool, or else from this spool,
   * even if the block is distrusted.
   */
  async rescue<T>(
    { number, hash }: BlockIdentity,
    part: (block: SpooledBlock) => T | undefined,
  ): Promise<T | undefined> {
    const block = await this.#imported(number, hash);
    if (block === undefined) return this.#stored(number, hash, part);
    this.#used.add(number);
    return part(block) ?? this.#stored(number, hash, part);
  }

  /** Stores parts of a block that a node has sent, without waiting for the disk. */
  keep(block: SpooledBlock): void {
    if (block.number + deepest < this.#head) return;
    const writing = this.#put(block).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  /** Settles when all blocks that were passed to {@link keep} so far are on disk. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  /** Records the last block that the worker has taken. */
  async took(number: number): Promise<void> {
    await this.#guarded(() => this.store.took(number));
  }

  /** Records that the worker has accepted a call. */
  worked(): void {
    for (const remote of this.#suppliers) remote.worked();
    this.#suppliers.clear();
    this.#used.clear();
  }

  /** Records that the worker, or a check of the relay, has refused data that may come from the spool. */
  distrust(): void {
    for (const remote of this.#suppliers) remote.failed();
    this.#suppliers.clear();
    for (const number of this.#used) this.#distrusted.add(number);
    this.#used.clear();
  }

  #stored<T>(number: number, hash: Uint8Array, part: (block: SpooledBlock) => T | undefined): T | undefined {
    const block = this.store.at(number);
    if (block === undefined || !equal(block.hash, hash)) return undefined;
    this.#used.add(number);
    return part(block);
  }

  /** Reads a block from other relays. Parallel calls for the same block share one request. */
  #imported(number: number, hash: Uint8Array): Promise<SpooledBlock | undefined> {
    const running = this.#importing.get(number);
    if (running !== undefined) return running;
    const started = this.#import(number, hash).finally(() => this.#importing.delete(number));
    this.#importing.set(number, started);
    return started;
  }

  async #import(number: number, hash: Uint8Array): Promise<SpooledBlock | undefined> {
    for (const remote of this.#remotes) {
      if (remote.rests) continue;
      const block = await remote.block(this.#crypto, this.#genesisHash, number);
      if (block === undefined) continue;
      if (!equal(block.hash, hash)) {
        remote.failed();
        continue;
      }
      this.#suppliers.add(remote);
      await this.#put(block);
      return block;
    }
    return undefined;
  }

  async #put(block: SpooledBlock): Promise<void> {
    await this.#guarded(async () => {
      if (await this.store.put(block)) this.#distrusted.delete(block.number);
    });
  }

  /** A spool that cannot be written, for example because the disk is full, does not stop the relay. */
  async #guarded(write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.#failing = false;
    } catch (error) {
      if (!(error instanceof RelayError) || error.detail.code !== "relay/spool-failed") throw error;
      if (!this.#failing) this.#note(`${error.code} (${error.detail.folder}: ${error.detail.reason})`);
      this.#failing = true;
    }
  }
}
