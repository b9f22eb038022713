/** What a client of a worker depends on. */
import type { NamedBlock } from "@pruntime/core/channel";
import type { Crypto, Random } from "@pruntime/core/crypto";
import type { ConfirmFinality } from "./finality/check.ts";
import type { StoredSession } from "./progress.ts";
import type { Transport } from "./transport.ts";
import type { Freshness } from "./worker.ts";

/** What a client depends on: transport, cryptography, randomness, clock. */
export interface ClientOptions {
  readonly transport: Transport;
  readonly crypto: Crypto;
  readonly random: Random;
  readonly freshness: Freshness;
  /**
   * Confirms that the block that a reply reports as finalized is really final. If absent, the client trusts
   * the worker's report.
   */
  readonly finality?: ConfirmFinality;
  /**
   * Returns the latest block that the client's own node calls final. Queries name this block.
   * @param genesisHash identifies the worker's chain, which the node must follow
   */
  readonly node?: (genesisHash: Uint8Array) => Promise<NamedBlock>;
  /** The stored session of an earlier client. No answer may be as of a block before the session's block. */
  readonly session?: StoredSession;
  /** Waits. Default: `setTimeout`. */
  readonly sleep?: (ms: number) => Promise<void>;
}
