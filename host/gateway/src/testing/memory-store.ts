import type { Blob } from "@pruntime/api/frames";
import type { BlobStore } from "../store/store.ts";

/** A store in memory, for tests. */
export function memoryStore(): BlobStore {
  let blobs = new Map<string, Uint8Array>();
  return {
    all: async () => [...blobs].map(([key, bytes]): Blob => ({ key, bytes: bytes.slice() })),
    commit: async (puts, drops) => {
      const next = new Map(blobs);
      for (const { key, bytes } of puts) next.set(key, bytes.slice());
      for (const key of drops) next.delete(key);
      blobs = next;
    },
    close: async () => undefined,
  };
}
