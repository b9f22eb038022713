import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { open, type RootDatabase } from "lmdb";
import { releaseLock, takeLock } from "./lock.ts";
import type { BlobStore } from "./store.ts";

/**
 * Opens and locks the blob store of a data directory.
 * @throws GatewayError `gateway/data-locked`; errors of the file system
 */
export async function openLmdbStore(dataDir: string): Promise<BlobStore> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Without overlapping syncs, a resolved commit is on disk.
  const environment: RootDatabase<string, string> = open({
    path: join(dataDir, "blobs.lmdb"),
    encoding: "string",
    maxDbs: 1,
    overlappingSync: false,
  });
  try {
    takeLock(environment, dataDir);
  } catch (error) {
    await environment.close();
    throw error;
  }
  const blobs = environment.openDB<Buffer, string>({ name: "blobs", encoding: "binary" });
  return {
    all: async () => [...blobs.getRange()].map(({ key, value }) => ({ key, bytes: new Uint8Array(value) })),
    commit: async (puts, drops) => {
      // Only a child transaction of LMDB rolls back if a function inside it throws.
      await environment.childTransaction(() => {
        for (const { key, bytes } of puts) blobs.put(key, Buffer.from(bytes));
        for (const key of drops) blobs.remove(key);
      });
    },
    close: async () => {
      releaseLock(environment);
      await environment.close();
    },
  };
}
