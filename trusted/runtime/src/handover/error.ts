import { ProtocolError } from "@pruntime/core/errors";

/** Why a handover stops. */
export type HandoverErrorDetail =
  /** No handover is under way that this message belongs to: begin again. */
  | { readonly code: "handover/not-begun" }
  /** The message belongs to another handover than the one under way. */
  | { readonly code: "handover/wrong-nonce" }
  /** The chain has gone on for too long since the handover was begun: begin again. */
  | { readonly code: "handover/expired"; readonly begun: number; readonly dispatched: number }
  /** The worker has dispatched no block with a time, so it cannot tell whether evidence is in date. */
  | { readonly code: "handover/not-synced" }
  /** The chain's registry has no policy, and so does not say which workers may have the keys. */
  | { readonly code: "handover/no-policy" }
  /** The chain's policy does not accept the other worker; `rules` are those it breaks. */
  | { readonly code: "handover/not-accepted"; readonly rules: readonly string[] }
  /** The other worker is this one. */
  | { readonly code: "handover/own-evidence" }
  /** What was handed over does not open, or is not the key that the giver's evidence vouches for. */
  | { readonly code: "handover/bad-keys" };

/** A handover that does not take place. */
export class HandoverError extends ProtocolError<HandoverErrorDetail> {}
