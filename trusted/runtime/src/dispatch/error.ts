import { ProtocolError } from "@pruntime/core/errors";

/** Why blocks or headers are refused. */
export type DispatchErrorDetail =
  /** A call has no blocks, or no headers. */
  | { readonly code: "dispatch/empty" }
  /** A header or a block is not in the format of the 2020 bridge. */
  | { readonly code: "dispatch/bad-block" }
  /** A change of authorities is not in the format of the 2020 bridge. */
  | { readonly code: "dispatch/bad-set-change" }
  /** A block is not the one that follows the last dispatched. */
  | { readonly code: "dispatch/gap"; readonly want: number; readonly have: number }
  /** A block is not final yet: send its header with a justification first. */
  | { readonly code: "dispatch/not-final"; readonly number: number; readonly finalized: number }
  /** A header is not the one that was finalized at its number. */
  | { readonly code: "dispatch/wrong-header"; readonly number: number }
  /** A block comes without the proof of its events; without it commands could be hidden. */
  | { readonly code: "dispatch/missing-proof"; readonly number: number }
  /** The key that was proven is not that of `System.Events`. */
  | { readonly code: "dispatch/wrong-key"; readonly number: number }
  /** The events are not those in the block's state. */
  | { readonly code: "dispatch/events-mismatch"; readonly number: number }
  /** `Timestamp.Now` is not eight bytes. */
  | { readonly code: "dispatch/bad-timestamp"; readonly number: number }
  /** A command event does not have the fields that the runtime's metadata declares. */
  | { readonly code: "dispatch/bad-command-event"; readonly number: number }
  /** The call lacks what was remarked on the chain with this hash: a command could be hidden in it. */
  | { readonly code: "dispatch/missing-remark"; readonly number: number; readonly hash: Uint8Array }
  /** The last header, or the block, comes without a justification. */
  | { readonly code: "dispatch/missing-justification"; readonly number: number }
  /** Extrinsics are not those that the header commits to. */
  | { readonly code: "dispatch/extrinsics-mismatch"; readonly number: number }
  /** Block 0 is the trust anchor; it is never synced. */
  | { readonly code: "dispatch/genesis-block" };

/** Blocks that cannot be taken. */
export class DispatchError extends ProtocolError<DispatchErrorDetail> {}

/** Why runtime code is refused. */
export type CodeErrorDetail =
  /** The state that should prove the runtime's code has no code. */
  | { readonly code: "code/not-in-state" }
  /** The chain's runtime does not run here, or does not answer with its metadata. */
  | { readonly code: "code/no-metadata" }
  /** Blocks up to the one that changed the runtime must be dispatched before its new code is taken. */
  | { readonly code: "code/not-due"; readonly changedAt: number; readonly dispatched: number };

/** Runtime code that cannot be used. */
export class CodeError extends ProtocolError<CodeErrorDetail> {}
