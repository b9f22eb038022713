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
  | { readonly code: "checkpoint/bad-history"; readonly setId: bigint }
  /** The recovery keys are not in ascending order, or the threshold is not between 1 and their number. */
  | { readonly code: "recovery/bad-keys"; readonly threshold: number; readonly keys: number }
  /** The anchor names no recovery keys, so no signed checkpoint can replace a proof of finality. */
  | { readonly code: "recovery/no-keys" }
  /** The recovery is for workers with another anchor, or of another chain. */
  | { readonly code: "recovery/wrong-anchor" }
  /**
   * The recovery replaces an authority set other than the current one. If the current set is an earlier one,
   * sync up to the set's last block first. If it is a later one, the recovery is done already.
   */
  | { readonly code: "recovery/other-set"; readonly want: bigint; readonly have: bigint }
  /** The checkpoint's set id is not higher than the id of the set that it replaces. */
  | { readonly code: "recovery/lower-set-id"; readonly setId: bigint }
  /** The checkpoint's block is below the latest finalized block: sign a checkpoint of a later block. */
  | { readonly code: "recovery/behind"; readonly number: number; readonly finalized: number }
  /** A signature is by a key that is not among the anchor's recovery keys. */
  | { readonly code: "recovery/unknown-signer"; readonly signature: number }
  /** A key has signed twice. */
  | { readonly code: "recovery/duplicate-signer"; readonly signature: number }
  /** A recovery key did not sign this recovery. */
  | { readonly code: "recovery/bad-signature"; readonly signature: number }
  /** Fewer recovery keys have signed than the anchor requires. */
  | { readonly code: "recovery/too-few-signatures"; readonly have: number; readonly need: number };

/** Thrown for headers that do not extend the finalized chain, and for an invalid start point. */
export class LightClientError extends ProtocolError<LightClientErrorDetail> {}
