/**
 * The latest block of the worker's chain that a client knows. A v2 query names the block, and no later answer
 * may be as of an earlier block. So the client notices an answer from a fork, from a copy of the worker that
 * is held back, or from a worker with an older state.
 */
import { equal, fromHex, toHex } from "@pruntime/core/bytes";
import type { NamedBlock } from "@pruntime/core/channel";
import type { Statement } from "@pruntime/core/statement";
import { ClientError } from "./error.ts";
import type { TrustedWorker } from "./worker.ts";

/**
 * How a client knows a block: from its own check of finality, from its node, from the worker's latest reply
 * (or that of an earlier session), or only from the anchor, which commits to the genesis block.
 */
export type KnownFrom = "finality" | "node" | "reply" | "anchor";

/** A block that a client knows to be final. */
export interface KnownBlock extends NamedBlock {
  readonly from: KnownFrom;
}

/**
 * The part of a session that an application may store as JSON and give to a later session. It contains no
 * secret. Bytes are hex.
 */
export interface StoredSession {
  readonly anchor: string;
  readonly block: { readonly hash: string; readonly number: number };
}

/** The newest block as of which the worker has answered. */
export class Progress {
  readonly #anchor: Uint8Array;
  readonly #genesis: KnownBlock;
  #latest: KnownBlock | undefined;

  /** @throws {@link ClientError} `client/wrong-chain` if `stored` is of another chain */
  constructor({ anchor, genesisHash }: TrustedWorker, stored: StoredSession | undefined) {
    this.#anchor = anchor;
    this.#genesis = { number: 0, hash: genesisHash, from: "anchor" };
    if (stored === undefined) return;
    if (stored.anchor !== toHex(anchor)) throw new ClientError({ code: "client/wrong-chain" });
    const { hash, number } = stored.block;
    this.#latest = { number, hash: fromHex(hash), from: "reply" };
  }

  /** The genesis block. */
  get genesis(): KnownBlock {
    return this.#genesis;
  }

  /** The newest block as of which the worker has answered; the genesis block before the first answer. */
  get latest(): KnownBlock {
    return this.#latest ?? this.#genesis;
  }

  /** What to store for a later session; `undefined` before the first answer. */
  get stored(): StoredSession | undefined {
    if (this.#latest === undefined) return undefined;
    const { hash, number } = this.#latest;
    return { anchor: toHex(this.#anchor), block: { hash: toHex(hash), number } };
  }

  /**
   * Notes the block of an answer. `floor` is the block that was the latest when the request was sent.
   * @throws {@link ClientError} `client/went-back`, `client/forked`
   */
  advance(floor: KnownBlock, { dispatchedNumber: number, dispatchedHash: hash }: Statement): void {
    if (number < floor.number)
      throw new ClientError({ code: "client/went-back", number, known: floor.number });
    if (number === floor.number && !equal(hash, floor.hash))
      throw new ClientError({ code: "client/forked", number });
    if (this.#latest === undefined || number > this.#latest.number)
      this.#latest = { number, hash, from: "reply" };
  }
}
