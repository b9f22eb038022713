import type { Blob } from "@pruntime/api/frames";

/**
 * Keeps the enclave's sealed blobs. What is in them is not the gateway's to know; that they are whole, and that a commit is all or nothing, is.
 */
export interface BlobStore {
  /** Every blob, in no particular order. */
  readonly all: () => Promise<readonly Blob[]>;
  /** Keeps `puts` and forgets `drops`, in this order and in one transaction; resolves when it is on disk. */
  readonly commit: (puts: readonly Blob[], drops: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}
