import { ProtocolError } from "@pruntime/core/errors";
import type { StagedPart } from "../event.ts";

/** Why blocks or headers are refused. */
export type DispatchErrorDetail =
  /** A call contains no blocks or no headers. */
  | { readonly code: "dispatch/empty" }
  /** A header or a block is not in the format of the 2020 bridge. */
  | { readonly code: "dispatch/bad-block" }
  /** A change of authorities is not in the format of the 2020 bridge. */
  | { readonly code: "dispatch/bad-set-change" }
  /** A block does not follow the last dispatched block. */
  | { readonly code: "dispatch/gap"; readonly want: number; readonly have: number }
  /** A block is not final yet: send its header with a justification first. */
  | { readonly code: "dispatch/not-final"; readonly number: number; readonly finalized: number }
  /** A header differs from the finalized header with the same number. */
  | { readonly code: "dispatch/wrong-header"; readonly number: number }
  /** A block lacks the proof of its events, so the relay could hide commands. */
  | { readonly code: "dispatch/missing-proof"; readonly number: number }
  /** The proven key is not that of `System.Events`. */
  | { readonly code: "dispatch/wrong-key"; readonly number: number }
  /**
   * The given events differ from the events in the block's state: send only the proof, which contains the
   * events.
   */
  | { readonly code: "dispatch/events-mismatch"; readonly number: number }
  /** `Timestamp.Now` is not eight bytes. */
  | { readonly code: "dispatch/bad-timestamp"; readonly number: number }
  /** A command event does not have the fields that the runtime's metadata declares. */
  | { readonly code: "dispatch/bad-command-event"; readonly number: number }
  /** A body is not a block number and the extrinsics of that block. */
  | { readonly code: "dispatch/bad-body" }
  /** The events or the body of a block are larger than the runtime's own limits allow. */
  | {
      readonly code: "dispatch/part-too-large";
      readonly part: StagedPart;
      readonly bytes: number;
      readonly limit: number;
    }
  /**
   * A piece does not follow the piece before it, repeats an earlier piece with different bytes, or reaches
   * beyond the part's total length. Send the part again from offset 0.
   */
  | {
      readonly code: "dispatch/wrong-piece";
      readonly part: StagedPart;
      readonly want: number;
      readonly have: number;
    }
  /** Pieces of a part that the call names are missing. Send the part again from offset 0. */
  | {
      readonly code: "dispatch/missing-pieces";
      readonly part: StagedPart;
      readonly want: number;
      readonly have: number;
    }
  /** The worker's memory does not suffice for a part. */
  | { readonly code: "dispatch/no-memory"; readonly part: StagedPart; readonly bytes: number }
  /** The last header, or the block, lacks a justification. */
  | { readonly code: "dispatch/missing-justification"; readonly number: number }
  /** The extrinsics are not those that the header commits to. */
  | { readonly code: "dispatch/extrinsics-mismatch"; readonly number: number }
  /** Block 0 is the trust anchor and cannot be synced: start with block 1. */
  | { readonly code: "dispatch/genesis-block" };

/** Blocks or headers were refused. */
export class DispatchError extends ProtocolError<DispatchErrorDetail> {}

/** Why runtime code is refused. */
export type CodeErrorDetail =
  /** The proven state contains no runtime code. */
  | { readonly code: "code/not-in-state" }
  /** The chain's runtime does not run in this worker, or does not return its metadata. */
  | { readonly code: "code/no-metadata" }
  /** The worker accepts new code only after it has dispatched the block that changed the runtime. */
  | { readonly code: "code/not-due"; readonly changedAt: number; readonly dispatched: number };

/** Runtime code was refused. */
export class CodeError extends ProtocolError<CodeErrorDetail> {}
