import { ProtocolError } from "@pruntime/core/errors";

/** Why a handover stops. */
export type HandoverErrorDetail =
  /** The message belongs to no handover in progress: call `handover_begin` again. */
  | { readonly code: "handover/not-begun" }
  /** The message belongs to a handover other than the one in progress. */
  | { readonly code: "handover/wrong-nonce" }
  /** The handover took too many blocks: call `handover_begin` again. */
  | { readonly code: "handover/expired"; readonly begun: number; readonly dispatched: number }
  /** The worker has dispatched no block with a time, so it cannot tell whether evidence is in date. */
  | { readonly code: "handover/not-synced" }
  /** The chain's registry has no policy that states which workers may have the keys. */
  | { readonly code: "handover/no-policy" }
  /** The chain's policy does not accept the other worker. `rules` names the rules that it breaks. */
  | { readonly code: "handover/not-accepted"; readonly rules: readonly string[] }
  /**
   * The other worker's program has different rules, so the same blocks can lead to a different state. Hand
   * keys over between programs with the same rules number.
   */
  | { readonly code: "handover/other-rules"; readonly other: number; readonly own: number }
  /** The other worker's identity key is this worker's own key. */
  | { readonly code: "handover/own-evidence" }
  /** The sealed keys cannot be opened, or are not the keys that the source's evidence vouches for. */
  | { readonly code: "handover/bad-keys" };

/** A handover was refused. */
export class HandoverError extends ProtocolError<HandoverErrorDetail> {}
