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
