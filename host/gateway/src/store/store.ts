import type { Blob } from "@pruntime/api/frames";

/**
 * Stores the enclave's sealed blobs, which the gateway cannot read. The store only guarantees that the blobs
 * stay intact and that a commit is atomic.
 */
export interface BlobStore {
  /** Every blob, in any order. */
  readonly all: () => Promise<readonly Blob[]>;
  /** Stores `puts` and then deletes `drops` in one transaction. Resolves when the data is on disk. */
  readonly commit: (puts: readonly Blob[], drops: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}
