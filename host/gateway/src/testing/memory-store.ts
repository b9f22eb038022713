import type { Blob } from "@pruntime/api/frames";
import type { BlobStore } from "../store/store.ts";

/** A store in memory, for tests. */
export function memoryStore(): BlobStore {
  let [blobs, records] = [new Map<string, Uint8Array>(), new Map<string, Uint8Array>()];
  return {
    all: async () => [...blobs].map(([key, bytes]): Blob => ({ key, bytes: bytes.slice() })),
    commit: async (puts, drops, own = { puts: [], drops: [] }) => {
      const next = [changed(blobs, puts, drops), changed(records, own.puts, own.drops)] as const;
      [blobs, records] = next;
    },
    ownKeys: async () => [...records.keys()].sort(),
    own: async (key) => records.get(key)?.slice(),
    close: async () => undefined,
  };
}

function changed(
  before: ReadonlyMap<string, Uint8Array>,
  puts: readonly Blob[],
  drops: readonly string[],
): Map<string, Uint8Array> {
  const next = new Map(before);
  for (const { key, bytes } of puts) next.set(key, bytes.slice());
  for (const key of drops) next.delete(key);
  return next;
}
