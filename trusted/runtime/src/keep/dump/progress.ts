/** The dump and the load that a worker has in progress. */
import type { Snapshot } from "@pruntime/executor";
import type { DumpLoader } from "./load.ts";
import type { Pager } from "./part.ts";
import type { DumpedState } from "./write.ts";

/** A dump that is being taken. */
export interface DumpInProgress {
  /** Distinguishes dumps. Random, 16 bytes. */
  readonly id: Uint8Array;
  readonly of: DumpedState & { readonly snapshot: Snapshot };
  readonly pager: Pager;
}

/** A dump that is being loaded. */
export interface LoadInProgress {
  /** The dump's id, 16 bytes. */
  readonly id: Uint8Array;
  /** The index of the page that comes next. */
  readonly next: number;
  readonly loader: DumpLoader;
}
