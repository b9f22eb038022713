import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { boundStore } from "../src/store/bounded.ts";
import { openLmdbStore } from "../src/store/lmdb.ts";
import { memoryStore } from "../src/testing/memory-store.ts";
import { storeContract } from "./store-contract.ts";
import { temporaryFolder } from "./support/gateway.ts";

storeContract("memory", async () => memoryStore());
storeContract("lmdb", async () => await openLmdbStore(temporaryFolder()));

describe("openLmdbStore", () => {
  it("still has committed blobs after a restart", async () => {
    const folder = join(temporaryFolder(), "made", "for", "it");
    const first = await openLmdbStore(folder);
    await first.commit([{ key: "identity", bytes: new Uint8Array(300_000).fill(7) }], []);
    await first.close();
    const second = await openLmdbStore(folder);
    expect(await second.all()).toEqual([{ key: "identity", bytes: new Uint8Array(300_000).fill(7) }]);
    await second.close();
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  it("lock/held, until the other store is closed", async () => {
    const folder = temporaryFolder();
    const holder = await openLmdbStore(folder);
    await expect(openLmdbStore(folder)).rejects.toMatchObject({ detail: { code: "lock/held", folder } });
    await holder.commit([{ key: "a", bytes: new Uint8Array(1) }], []);
    await holder.close();
    await (await openLmdbStore(folder)).close();
  });
});

describe("boundStore", () => {
  const blob = (key: string, length: number) => ({ key, bytes: new Uint8Array(length) });

  it("gateway/store-full, and keeps its contents", async () => {
    const inner = memoryStore();
    await inner.commit([blob("a", 50)], []);
    const store = boundStore(inner, 150);
    await store.all();
    await expect(store.commit([blob("b", 100)], [])).rejects.toThrow("gateway/store-full");
    await store.commit([blob("b", 50)], []);
    await store.commit([blob("a", 20)], ["b"]);
    await store.commit([blob("c", 80)], []);
    expect(store.bytes()).toBe(2 * (3 + 8) + 20 + 80);
    expect((await inner.all()).map(({ key, bytes }) => [key, bytes.length])).toEqual([
      ["a", 20],
      ["c", 80],
    ]);
  });

  it.each(["", "a\0b", "k".repeat(257)])("gateway/bad-blob-key: %j", async (key) => {
    const store = boundStore(memoryStore(), 1000);
    await expect(store.commit([blob(key, 1)], [])).rejects.toThrow("gateway/bad-blob-key");
    await expect(store.commit([], [key])).rejects.toThrow("gateway/bad-blob-key");
  });
});
