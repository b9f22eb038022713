import { describe, expect, it } from "vitest";
import type { BlobStore } from "../src/store/store.ts";

/** The rules for every blob store. `open` creates an empty store. */
export function storeContract(name: string, open: () => Promise<BlobStore>): void {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text));
  const contents = async (store: BlobStore) =>
    Object.fromEntries(
      (await store.all()).map(({ key, bytes: value }) => [key, Buffer.from(value).toString()]),
    );

  describe(`${name} as a blob store`, () => {
    it("is empty at first", async () => {
      const store = await open();
      expect(await store.all()).toEqual([]);
      await store.close();
    });

    it("stores, replaces and deletes", async () => {
      const store = await open();
      await store.commit(
        [
          { key: "a", bytes: bytes("1") },
          { key: "data/b", bytes: bytes("") },
        ],
        [],
      );
      expect(await contents(store)).toEqual({ a: "1", "data/b": "" });
      await store.commit([{ key: "a", bytes: bytes("2") }], ["data/b", "never-there"]);
      expect(await contents(store)).toEqual({ a: "2" });
      await store.close();
    });

    it("deletes a blob that the same commit puts", async () => {
      const store = await open();
      await store.commit([{ key: "a", bytes: bytes("1") }], ["a"]);
      expect(await contents(store)).toEqual({});
      await store.close();
    });

    it("commits all or nothing", async () => {
      const store = await open();
      await store.commit([{ key: "a", bytes: bytes("1") }], []);
      const unwritable = {
        key: "c",
        get bytes(): Uint8Array {
          throw new TypeError("not read");
        },
      };
      await expect(store.commit([{ key: "b", bytes: bytes("2") }, unwritable], ["a"])).rejects.toThrow(
        "not read",
      );
      expect(await contents(store)).toEqual({ a: "1" });
      await store.close();
    });

    it("changes the gateway's own records together with blobs, and keeps both apart", async () => {
      const store = await open();
      const [one, two, blob] = ["b", "a", "a"].map((key, i) => ({ key, bytes: bytes(`${i}`) }));
      await store.commit([blob!], [], { puts: [one!, two!], drops: ["never-there"] });
      expect([await store.ownKeys(), await contents(store)]).toEqual([["a", "b"], { a: "2" }]);
      await store.commit([], ["a"], { puts: [], drops: ["b"] });
      expect([await store.ownKeys(), await contents(store)]).toEqual([["a"], {}]);
      expect([await store.own("a"), await store.own("b")]).toEqual([bytes("1"), undefined]);
      const unwritable = {
        key: "c",
        get bytes(): Uint8Array {
          throw new TypeError("not read");
        },
      };
      const own = { puts: [one!, unwritable], drops: ["a"] };
      await expect(store.commit([blob!], [], own)).rejects.toThrow("not read");
      expect([await store.ownKeys(), await contents(store)]).toEqual([["a"], {}]);
      await store.close();
    });

    it("stores a copy of the bytes", async () => {
      const store = await open();
      const backing = bytes("..value..");
      await store.commit([{ key: "a", bytes: backing.subarray(2, 7) }], []);
      backing.fill(0);
      expect(await contents(store)).toEqual({ a: "value" });
      await store.close();
    });
  });
}
