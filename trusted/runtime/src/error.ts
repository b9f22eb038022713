import { ProtocolError } from "@pruntime/core/errors";

/** Why a call is refused in the present state. */
export type RuntimeErrorDetail =
  /** The runtime met a bug of its own and takes no more work, because its answers could be wrong. */
  | { readonly code: "runtime/halted" }
  /** The worker has no chain yet: call `init_runtime` first. */
  | { readonly code: "runtime/not-initialized" }
  /** The worker has its chain already; a chain is given once. */
  | { readonly code: "runtime/already-initialized" }
  /**
   * The worker's keys are for one chain, the first that it was given: a worker for another chain needs new
   * keys.
   */
  | { readonly code: "runtime/other-chain" }
  /** A stored record opens, but its content is not a record of its kind. */
  | { readonly code: "runtime/bad-record"; readonly kind: string }
  /** The random source is broken: it gave no usable key. */
  | { readonly code: "runtime/bad-random" }
  /** The call brings commands from another source than the worker's, which was fixed at init. */
  | { readonly code: "runtime/wrong-source"; readonly source: "events" | "bodies" }
  /** The worker follows no parachain. */
  | { readonly code: "runtime/no-parachain" }
  /** A parachain's commands come from events, so init needs metadata or a proof of code. */
  | { readonly code: "runtime/parachain-by-bodies" }
  /** A parachain is followed from its genesis, but the header given for it has another number than 0. */
  | { readonly code: "runtime/parachain-not-genesis"; readonly number: number }
  /** More finalized headers wait for dispatch than the worker keeps: dispatch first. */
  | { readonly code: "runtime/queue-full"; readonly waiting: number; readonly limit: number }
  /** The chain changed its runtime at this block, so later events are unreadable: call `sync_code` first. */
  | { readonly code: "runtime/metadata-outdated"; readonly since: number };

/** A call that the runtime cannot take in the state it is in. */
export class RuntimeError extends ProtocolError<RuntimeErrorDetail> {}
