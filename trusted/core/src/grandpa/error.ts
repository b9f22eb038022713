import { ProtocolError } from "../errors/index.ts";

/** Why a justification or an authority set is rejected. */
export type FinalityErrorDetail =
  /** The justification is for a block that differs from the header that was sent with it. */
  | { readonly code: "finality/wrong-target"; readonly want: number; readonly have: number }
  /** The authority set has no weight, so it can finalize nothing. */
  | { readonly code: "finality/empty-set"; readonly setId: bigint }
  /** The weights of the authority set add up to more than 64 bits. */
  | { readonly code: "finality/weight-overflow"; readonly setId: bigint }
  /** The justification's votes take more bytes than any round can need. `have` and `limit` are in bytes. */
  | { readonly code: "finality/too-many-votes"; readonly have: number; readonly limit: number }
  /** The justification has more ancestry headers than any round can need. */
  | { readonly code: "finality/too-many-headers"; readonly have: number; readonly limit: number }
  /** The ancestry headers do not connect a vote's block to the base of the votes. */
  | { readonly code: "finality/no-route"; readonly vote: number }
  /** No vote's route includes this ancestry header. */
  | { readonly code: "finality/unused-header"; readonly header: number }
  /** The votes for the block have too little weight: more than two thirds are needed. */
  | { readonly code: "finality/below-threshold"; readonly weight: bigint; readonly need: bigint }
  /** The voter did not sign this vote for this block, round and authority set. */
  | { readonly code: "finality/bad-signature"; readonly vote: number }
  /**
   * The chain announces a forced change of its authorities, which no finality proof covers. The worker keeps
   * its keys and its state, and answers as of its last final block. If its anchor names recovery keys, it
   * goes on from a checkpoint that they sign (`pruntime recovery`). Without them, start a new worker from a
   * checkpoint after the change: the new worker has another anchor and new keys.
   */
  | { readonly code: "finality/forced-change"; readonly number: number };

/** Thrown for a block that is not proven final, and for an authority set that cannot finalize blocks. */
export class FinalityError extends ProtocolError<FinalityErrorDetail> {}
