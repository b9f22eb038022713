import type { Blob } from "@pruntime/api/frames";
import { GatewayError } from "../error.ts";
import type { BlobStore } from "./store.ts";

/**
 * The name of a sealed blob.
 * @limit bytes
 * @source LMDB takes keys of up to 1,978 bytes
 * @past `gateway/bad-blob-key`
 */
const maxKeyLength = 256;

/** A store that limits the total size of the enclave's blobs. */
export interface BoundedStore extends Omit<BlobStore, "close"> {
  /** The size of all blobs, as the limit counts it. */
  readonly bytes: () => number;
}

/**
 * Limits a store to `limitBytes`, because the next start fails unless all blobs fit into one boot frame.
 * `all` must be called before the first commit. `commit` throws {@link GatewayError} `gateway/store-full`,
 * `gateway/bad-blob-key`.
 */
export function boundStore(store: BlobStore, limitBytes: number): BoundedStore {
  let sizes = new Map<string, number>();
  return {
    bytes: () => sumOf(sizes),
    all: async () => {
      const blobs = await store.all();
      sizes = new Map(blobs.map((blob) => [blob.key, sizeOf(blob)]));
      return blobs;
    },
    ownKeys: store.ownKeys,
    own: store.own,
    commit: async (puts, drops, own) => {
      const next = new Map(sizes);
      for (const blob of puts) next.set(checkedKey(blob.key), sizeOf(blob));
      for (const key of drops) next.delete(checkedKey(key));
      const bytes = sumOf(next);
      if (puts.length > 0 && bytes > limitBytes)
        throw new GatewayError({ code: "gateway/store-full", bytes, limit: limitBytes });
      await store.commit(puts, drops, own);
      sizes = next;
    },
  };
}

function sumOf(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function checkedKey(key: string): string {
  if (key.length === 0 || key.length > maxKeyLength || key.includes("\0"))
    throw new GatewayError({ code: "gateway/bad-blob-key", length: key.length });
  return key;
}

/**
 * Maximum number of bytes that a blob can occupy in a boot frame. Each UTF-16 unit of the key occupies at
 * most three bytes, and each of the two length prefixes occupies at most four bytes.
 */
function sizeOf({ key, bytes }: Blob): number {
  return key.length * 3 + bytes.length + 8;
}
