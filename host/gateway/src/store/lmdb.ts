import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { lockFolder } from "@pruntime/folder-lock";
import { open, type RootDatabase } from "lmdb";
import type { BlobStore } from "./store.ts";

/**
 * Opens and locks the blob store of a data directory.
 * @throws LockError `lock/held`, `lock/unavailable`; errors of the file system
 */
export async function openLmdbStore(dataDir: string): Promise<BlobStore> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const release = lockFolder(dataDir);
  const environment = opened(dataDir, release);
  const blobs = environment.openDB<Buffer, string>({ name: "blobs", encoding: "binary" });
  const records = environment.openDB<Buffer, string>({ name: "own", encoding: "binary" });
  return {
    all: async () => [...blobs.getRange()].map(({ key, value }) => ({ key, bytes: new Uint8Array(value) })),
    commit: async (puts, drops, own = { puts: [], drops: [] }) => {
      // Only a child transaction of LMDB rolls back if a function inside it throws.
      await environment.childTransaction(() => {
        for (const { key, bytes } of puts) blobs.put(key, asBuffer(bytes));
        for (const key of drops) blobs.remove(key);
        for (const { key, bytes } of own.puts) records.put(key, asBuffer(bytes));
        for (const key of own.drops) records.remove(key);
      });
    },
    ownKeys: async () => [...records.getKeys()],
    own: async (key) => {
      const value = records.get(key);
      return value && new Uint8Array(value);
    },
    close: async () => {
      await environment.close();
      release();
    },
  };
}

/** Opens the environment. If it cannot be opened, releases the lock. */
/** The same bytes as a buffer. They are not copied. */
function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function opened(dataDir: string, release: () => void): RootDatabase<string, string> {
  const path = join(dataDir, "blobs.lmdb");
  try {
    // Without overlapping syncs, a resolved commit is on disk.
    return open({ path, encoding: "string", maxDbs: 2, overlappingSync: false });
  } catch (error) {
    release();
    throw error;
  }
}
