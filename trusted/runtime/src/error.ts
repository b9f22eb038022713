import { ProtocolError } from "@pruntime/core/errors";

export type RuntimeErrorDetail =
  /** The runtime met a bug of its own and stopped taking work: nothing it says afterwards could be relied on. */
  | { readonly code: "runtime/halted" }
  /** The worker has no chain yet: call `init_runtime` first. */
  | { readonly code: "runtime/not-initialized" }
  /** The worker has its chain already; it is told once. */
  | { readonly code: "runtime/already-initialized" }
  /** The call brings commands from a source that this worker does not take them from; that was fixed at init. */
  | { readonly code: "runtime/wrong-source"; readonly source: "events" | "bodies" }
  /** The worker follows no parachain. */
  | { readonly code: "runtime/no-parachain" }
  /** A parachain's commands come from events, so it needs to be known what they mean. */
  | { readonly code: "runtime/parachain-by-bodies" }
  /** A parachain is followed from its genesis. */
  | { readonly code: "runtime/parachain-not-genesis"; readonly number: number }
  /** More finalized headers wait for dispatch than the worker keeps: dispatch first. */
  | { readonly code: "runtime/queue-full"; readonly waiting: number; readonly limit: number }
  /** The chain changed its runtime at this block, so what is known no longer says what events mean: prove the new code with `sync_code`. */
  | { readonly code: "runtime/metadata-outdated"; readonly since: number };

/** A call that the runtime cannot take in the state it is in. */
export class RuntimeError extends ProtocolError<RuntimeErrorDetail> {}

export type DispatchErrorDetail =
  /** A call brings no blocks, or no headers. */
  | { readonly code: "dispatch/empty" }
  /** A block is not the one that follows the last dispatched. */
  | { readonly code: "dispatch/gap"; readonly want: number; readonly have: number }
  /** A block is not final yet: bring its header with a justification first. */
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
  /** What was remarked on the chain is not among the remarks that were brought: a command could be hidden in it. */
  | { readonly code: "dispatch/missing-remark"; readonly number: number; readonly hash: Uint8Array }
  /** The last header, or the block, comes without a justification. */
  | { readonly code: "dispatch/missing-justification"; readonly number: number }
  /** Extrinsics are not those that the header commits to. */
  | { readonly code: "dispatch/extrinsics-mismatch"; readonly number: number }
  /** Block 0 is the trust anchor; it is never synced. */
  | { readonly code: "dispatch/genesis-block" };

/** Blocks that cannot be taken. */
export class DispatchError extends ProtocolError<DispatchErrorDetail> {}

export type CodeErrorDetail =
  /** The state that is to prove the runtime's code has none. */
  | { readonly code: "code/not-in-state" }
  /** The chain's runtime does not run here, or does not tell its metadata. */
  | { readonly code: "code/no-metadata" }
  /** Blocks up to the one that changed the runtime must be dispatched before its new code is taken. */
  | { readonly code: "code/not-due"; readonly changedAt: number; readonly dispatched: number };

/** Runtime code that cannot be used. */
export class CodeError extends ProtocolError<CodeErrorDetail> {}

export type AskErrorDetail =
  /** The opened text is no query of the kind its envelope asks for. */
  | { readonly code: "ask/malformed" }
  /** The contract does not know this request. */
  | { readonly code: "ask/bad-request"; readonly contractId: number }
  /** There is no contract of this id. */
  | { readonly code: "ask/no-contract"; readonly contractId: number }
  /** The query may no longer be answered: the worker is beyond the block it names. */
  | { readonly code: "ask/expired"; readonly expiresAt: number; readonly dispatched: number }
  /** The query names an expiry farther ahead than the worker remembers nonces for. */
  | { readonly code: "ask/expiry-too-far"; readonly expiresAt: number; readonly limit: number }
  /** This query was answered before. */
  | { readonly code: "ask/replayed" }
  /** The asker has as many unexpired queries as the worker remembers for one account; or all askers together have. */
  | { readonly code: "ask/too-many"; readonly limit: number };

/** A query that is not answered. */
export class AskError extends ProtocolError<AskErrorDetail> {}

export type DumpErrorDetail =
  /** The dump is of a version this program does not read. */
  | { readonly code: "dump/unknown-version"; readonly version: number }
  /** The dump is of a worker that was told to trust something else. */
  | { readonly code: "dump/wrong-anchor" }
  /** The dump is older than what the worker has: a state never goes back. */
  | { readonly code: "dump/older"; readonly have: number; readonly dump: number }
  /** Parts of the dump do not fit each other. */
  | { readonly code: "dump/inconsistent"; readonly what: "queue" | "state-root" | "dispatched" | "metadata" };

/** A dump that is not taken. */
export class DumpError extends ProtocolError<DumpErrorDetail> {}
