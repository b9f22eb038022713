import type { Header } from "@pruntime/core/chain";
import type { ParaHead } from "./network.ts";

/** A block that the chain has made. */
export interface Block {
  readonly hash: Uint8Array;
  readonly header: Header;
  /** The header in SCALE. `hash` is the hash of these bytes. */
  readonly encodedHeader: Uint8Array;
  /** The extrinsics, each with its length prefix. */
  readonly body: readonly Uint8Array[];
  /** The parachain heads that the block wrote to the state; empty except on a relay chain. */
  readonly heads: readonly ParaHead[];
  /** The id of the GRANDPA authority set that finalizes this block. */
  readonly setId: bigint;
  /** Whether this block is the last block of its authority set. */
  readonly endsSet: boolean;
  /**
   * The version of the runtime under `:code` in the state after this block. Before system version 3, the
   * older runtime executes a block that changes `:code`. From system version 3 on, the newer runtime executes
   * that block.
   */
  readonly specVersion: number;
  /**
   * The version of the runtime that executes the next block. It differs from `specVersion` only while an
   * upgrade waits under `:pending_code`.
   */
  readonly nextSpecVersion: number;
}
