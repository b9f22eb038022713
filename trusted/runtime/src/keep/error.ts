import { ProtocolError } from "@pruntime/core/errors";

/** Why a dump is refused. */
export type DumpErrorDetail =
  /** The dump has a version that this program does not read. */
  | { readonly code: "dump/unknown-version"; readonly version: number }
  /** The dump belongs to a worker with a different trust anchor. */
  | { readonly code: "dump/wrong-anchor" }
  /** The dump is older than the state that the worker has. */
  | { readonly code: "dump/older"; readonly have: number; readonly dump: number }
  /** The parts of the dump contradict each other. */
  | {
      readonly code: "dump/inconsistent";
      readonly what: "queue" | "known-blocks" | "state-root" | "dispatched" | "metadata";
    };

/** A dump was refused. */
export class DumpError extends ProtocolError<DumpErrorDetail> {}
