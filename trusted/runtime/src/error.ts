import { ProtocolError } from "@pruntime/core/errors";

/** Why a call is refused in the present state. */
export type RuntimeErrorDetail =
  /**
   * The runtime encountered a bug of its own and accepts no more calls, because its answers could be wrong.
   */
  | { readonly code: "runtime/halted" }
  /** The worker is handling another call. Until that call ends, it answers only queries. */
  | { readonly code: "runtime/busy" }
  /** The worker has no chain yet: call `init_runtime` first. */
  | { readonly code: "runtime/not-initialized" }
  /**
   * The anchor lets workers run commands of channel v1. A worker in production mode refuses such an anchor:
   * use an anchor that refuses these commands, or start the worker with --channel-v1.
   */
  | { readonly code: "runtime/channel-v1" }
  /** The worker already has a chain, and its chain cannot be changed. */
  | { readonly code: "runtime/already-initialized" }
  /** The worker's keys are bound to a different trust anchor: start a worker with new keys for this chain. */
  | { readonly code: "runtime/other-chain" }
  /**
   * A program with a different rules number stored the worker's keys. Under that program's rules, the same
   * blocks lead to a different state: start that program again, or start this program as a new worker.
   */
  | { readonly code: "runtime/other-rules"; readonly kept: number; readonly own: number }
  /**
   * The headers lead to a block other than the one that the worker once verified as final at this height, or
   * to an authority set that the worker has passed. The headers belong to another fork: use another node,
   * and restart the worker if it has already taken lower blocks of that fork.
   */
  | {
      readonly code: "runtime/contradicts-mark";
      readonly what: "block" | "set-id";
      readonly number: number;
    }
  /**
   * The worker has started again, and has not yet reached the highest block that it once verified as final.
   * Until then it only syncs and shows its status: wait while the relay brings it there. If it is at this
   * block with an earlier authority set, it needs again what replaced the set: the recovery (`pruntime
   * recovery apply`), or, if no digest announces the change, a call of `sync_header` with the block's header
   * and `authority_set_change_b64`. The relay does not make this call. Where the anchor names a policy key,
   * the worker must also have executed the block with the newest policy that it once knew.
   */
  | { readonly code: "runtime/below-mark"; readonly mark: number; readonly finalized: number }
  /**
   * The host returned the worker's keys without the record of the worker's highest final block: restore that
   * record, or start a new worker with an empty data directory.
   */
  | { readonly code: "runtime/no-mark" }
  /** A stored record opens, but its content is not valid for its kind. */
  | { readonly code: "runtime/bad-record"; readonly kind: string }
  /** The random source is broken: ten draws in a row gave no usable key. */
  | { readonly code: "runtime/bad-random" }
  /** The call delivers commands from a source other than the source that was fixed at init. */
  | { readonly code: "runtime/wrong-source"; readonly source: "events" | "bodies" }
  /** The worker does not follow a parachain. */
  | { readonly code: "runtime/no-parachain" }
  /** A parachain's commands come from events, so init needs metadata or a proof of code. */
  | { readonly code: "runtime/parachain-by-bodies" }
  /**
   * The anchor names recovery keys, but commands come from bodies. A recovery brings only headers, so it
   * cannot lead such a worker on: leave the keys out, or give metadata or a proof of code.
   */
  | { readonly code: "runtime/recovery-by-bodies" }
  /** The header given as the parachain's genesis does not have the number 0. */
  | { readonly code: "runtime/parachain-not-genesis"; readonly number: number }
  /** Too many finalized headers wait for dispatch: call `dispatch_block` first. */
  | { readonly code: "runtime/queue-full"; readonly waiting: number; readonly limit: number }
  /** The chain changed its runtime at this block, so later events are unreadable: call `sync_code` first. */
  | { readonly code: "runtime/metadata-outdated"; readonly since: number }
  /**
   * This program cannot read the chain's runtime from this block on; `reason` is the error code that says
   * why: start the worker with a newer program.
   */
  | { readonly code: "runtime/unreadable"; readonly since: number; readonly reason: string };

/** The runtime cannot accept the call in its present state. */
export class RuntimeError extends ProtocolError<RuntimeErrorDetail> {}
