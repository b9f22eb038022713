import type { Header } from "@pruntime/core/chain";
import type { ParaHead } from "./network.ts";

/** An imported block. */
export interface Block {
  readonly hash: Uint8Array;
  readonly header: Header;
  /** The SCALE encoding that `hash` is over. */
  readonly encodedHeader: Uint8Array;
  /** Extrinsics with their length prefix, as bodies carry them. */
  readonly body: readonly Uint8Array[];
  /** Heads of parachains that it wrote to the state. Only a relay chain's has any. */
  readonly heads: readonly ParaHead[];
  /** The GRANDPA set id this block is finalized under. */
  readonly setId: bigint;
  /** Whether a change of the authority set is enacted by this block. */
  readonly endsSet: boolean;
  /**
   * The version of the runtime in the state after this block: after an upgrade not the one that made it,
   * whose version its parent has.
   */
  readonly specVersion: number;
}
