import { ProtocolError } from "@pruntime/core/errors";

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
