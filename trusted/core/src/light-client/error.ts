import { ProtocolError } from "../errors/index.ts";

/** Why headers or a checkpoint are rejected. */
export type LightClientErrorDetail =
  /** The batch has no headers. */
  | { readonly code: "headers/empty" }
  /**
   * A header's number is not one more than the previous header's number: headers are missing or out of order.
   */
  | { readonly code: "headers/gap"; readonly want: number; readonly have: number }
  /** A header's parent is not the previous header: the two headers are on different forks or chains. */
  | { readonly code: "headers/wrong-parent"; readonly number: number }
  /**
   * A header differs from the finalized header of the same number: the two headers are on different forks or
   * chains.
   */
  | { readonly code: "headers/conflicts-finalized"; readonly number: number }
  /**
   * The batch continues past the block that enacts a new authority set: end the batch at that block, and send
   * the rest afterwards.
   */
  | { readonly code: "headers/beyond-set-change"; readonly enactsAt: number; readonly last: number }
  /**
   * A header announces a change of authorities before an earlier change is enacted, which no GRANDPA chain
   * does.
   */
  | { readonly code: "headers/overlapping-change"; readonly number: number; readonly enactsAt: number }
  /** Too many headers without a justification are staged: send a justification of one of them. */
  | { readonly code: "headers/staging-full"; readonly limit: number }
  /** The header that is given as the genesis header does not have the number 0. */
  | { readonly code: "headers/not-genesis"; readonly number: number }
  /** The state has no authority list under the keys that GRANDPA uses. */
  | { readonly code: "headers/no-authorities"; readonly number: number }
  /** The given authority list differs from the one in the state or in a header's announcement. */
  | { readonly code: "headers/authorities-mismatch"; readonly number: number }
  /** The id of the new authority set is not one more than the id of the current set. */
  | { readonly code: "headers/wrong-set-id"; readonly want: bigint; readonly have: bigint }
  /** The call gives a new authority set at a block that does not enact it. */
  | { readonly code: "headers/change-not-due"; readonly number: number }
  /** The checkpoint is of block 0, but the hash of its header is not its genesis hash. */
  | { readonly code: "checkpoint/wrong-genesis"; readonly have: Uint8Array }
  /** An authority of the checkpoint has no weight. No node keeps such an authority. */
  | { readonly code: "checkpoint/zero-weight"; readonly authority: number }
  /**
   * The checkpoint has more than one pending change, or its pending change is overdue, is not yet announced,
   * or differs from the change that its header announces.
   */
  | { readonly code: "checkpoint/bad-pending"; readonly number: number }
  /**
   * The checkpoint's list of earlier authority sets has gaps, extends past the checkpoint's block, or does
   * not lead up to the current set.
   */
  | { readonly code: "checkpoint/bad-history"; readonly setId: bigint };

/** Thrown for headers that do not extend the finalized chain, and for an invalid start point. */
export class LightClientError extends ProtocolError<LightClientErrorDetail> {}
