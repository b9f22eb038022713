import { ProtocolError } from "../errors/index.ts";

export type FinalityErrorDetail =
  /** The justification is for another block than the one it was sent with. */
  | { readonly code: "finality/wrong-target"; readonly want: number; readonly have: number }
  /** An authority set without any weight can finalize nothing. */
  | { readonly code: "finality/empty-set"; readonly setId: bigint }
  /** The weights of an authority set add up to more than 64 bits. */
  | { readonly code: "finality/weight-overflow"; readonly setId: bigint }
  /** The votes of a justification take more bytes than any round can need; `have` and `limit` are bytes. */
  | { readonly code: "finality/too-many-votes"; readonly have: number; readonly limit: number }
  /** A justification holds more ancestry headers than any round can need. */
  | { readonly code: "finality/too-many-headers"; readonly have: number; readonly limit: number }
  /** The ancestry headers do not lead from a vote's block down to the base of the votes. */
  | { readonly code: "finality/no-route"; readonly vote: number }
  /** An ancestry header lies on no vote's route. */
  | { readonly code: "finality/unused-header"; readonly header: number }
  /** Too little weight voted for the block: more than two thirds are needed. */
  | { readonly code: "finality/below-threshold"; readonly weight: bigint; readonly need: bigint }
  /** A vote's signature is not its voter's over this block, round and authority set. */
  | { readonly code: "finality/bad-signature"; readonly vote: number }
  /** The chain announces a forced change of its authorities, which finality cannot vouch for: start again from a checkpoint. */
  | { readonly code: "finality/forced-change"; readonly number: number };

/** A block that is not proven final. */
export class FinalityError extends ProtocolError<FinalityErrorDetail> {}
