import type { Blob } from "@pruntime/api/frames";

/** Changes of the gateway's own records. */
export interface OwnChanges {
  readonly puts: readonly Blob[];
  readonly drops: readonly string[];
}

/**
 * Stores the enclave's sealed blobs, which the gateway cannot read, and records of the gateway's own. The
 * store only guarantees that the blobs and records stay intact and that a commit is atomic.
 */
export interface BlobStore {
  /** Every blob of the enclave, in any order. */
  readonly all: () => Promise<readonly Blob[]>;
  /**
   * Stores `puts` and then deletes `drops`, together with the changes of the gateway's own records, in one
   * transaction. Resolves when the data is on disk.
   */
  readonly commit: (puts: readonly Blob[], drops: readonly string[], own?: OwnChanges) => Promise<void>;
  /** The keys of the gateway's own records, in ascending order. */
  readonly ownKeys: () => Promise<readonly string[]>;
  /** Reads one of the gateway's own records. */
  readonly own: (key: string) => Promise<Uint8Array | undefined>;
  readonly close: () => Promise<void>;
}
