import { statSync } from "node:fs";
import { encodeHeader } from "@pruntime/core/chain";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { describe, expect, it } from "vitest";
import type { SpooledBlock } from "../../src/spool/record.ts";
import { SpoolStore } from "../../src/spool/store.ts";
import { temporaryFolder } from "../support/folder.ts";
import { closeLater } from "../support/scene.ts";

const mib = 2 ** 20;
const keys = new Uint8Array(8);

/** A block with a proof of this many bytes. Blocks of other forks have other hashes. */
function block(number: number, proofBytes = 100, fork = 0): SpooledBlock {
  const root = new Uint8Array(32).fill(fork);
  const roots = { parentHash: root, stateRoot: root, extrinsicsRoot: root };
  const encodedHeader = encodeHeader({ ...roots, number, digest: [] });
  const proofs = proofBytes === 0 ? [] : [{ keys, nodes: [new Uint8Array(proofBytes).fill(number)] }];
  return { number, hash: crypto.blake2b256(encodedHeader), encodedHeader, proofs };
}

function opened(folder: string, maxBytes = 64 * mib): SpoolStore {
  const store = new SpoolStore(folder, crypto, maxBytes);
  closeLater(() => store.close());
  return store;
}

describe("a store", () => {
  it("has what was put into it, by number and by hash", async () => {
    const store = opened(temporaryFolder());
    expect(await store.put(block(7))).toBe(true);
    expect(store.at(7)).toMatchObject(block(7));
    expect(store.at(8)).toBeUndefined();
    expect([store.numberOf(block(7).hash), store.numberOf(block(8).hash)]).toEqual([7, undefined]);
  });

  it("adds parts to a block that it has", async () => {
    const store = opened(temporaryFolder());
    await store.put(block(7));
    await store.put({ ...block(7, 0), extrinsics: [Uint8Array.of(1)] });
    expect(store.at(7)).toMatchObject({ ...block(7), extrinsics: [Uint8Array.of(1)] });
  });

  it("replaces a block of another fork, and forgets its hash", async () => {
    const store = opened(temporaryFolder());
    await store.put(block(7));
    await store.put(block(7, 100, 1));
    expect(store.at(7)?.hash).toEqual(block(7, 100, 1).hash);
    expect([store.numberOf(block(7).hash), store.numberOf(block(7, 100, 1).hash)]).toEqual([undefined, 7]);
  });

  it("keeps everything across a restart", async () => {
    const folder = temporaryFolder();
    const first = opened(folder);
    await first.put(block(7));
    await first.took(5);
    const extent = first.extent();
    await first.close();
    const second = opened(folder);
    expect(second.at(7)).toMatchObject(block(7));
    expect([second.taken, second.extent()]).toEqual([5, extent]);
  });

  it("names the first block with a read proof", async () => {
    const store = opened(temporaryFolder());
    for (const made of [block(3), block(5, 0), block(9)]) await store.put(made);
    expect([1, 3, 4, 10].map((from) => store.firstProven(from))).toEqual([3, 3, 9, undefined]);
  });

  it("relay/spool-failed while another relay uses the spool", async () => {
    const folder = temporaryFolder();
    const store = opened(folder);
    expect(() => new SpoolStore(folder, crypto, mib)).toThrow(
      expect.objectContaining({ detail: { code: "relay/spool-failed", folder, reason: "lock/held" } }),
    );
    await store.close();
    opened(folder);
  });

  it("relay/spool-failed where no folder can be made", () => {
    expect(() => new SpoolStore(`${import.meta.filename}/spool`, crypto, mib)).toThrow(
      expect.objectContaining({ code: "relay/spool-failed" }),
    );
  });
});

describe("a full store", () => {
  const large = 100_000;

  it("drops the lowest blocks that the worker has taken, and no others", async () => {
    const store = opened(temporaryFolder(), mib);
    await store.took(4);
    for (let number = 1; number <= 20; number++) await store.put(block(number, large));
    const { first, last, bytes } = store.extent();
    expect([first, store.numberOf(block(4).hash)]).toEqual([5, undefined]);
    expect(last).toBeLessThan(20);
    expect(bytes).toBeLessThanOrEqual(mib);
  });

  it("refuses a block, and changes nothing, while the worker has taken no block", async () => {
    const store = opened(temporaryFolder(), mib);
    let number = 1;
    while (await store.put(block(number, large))) number++;
    const before = store.extent();
    expect([before.first, before.last]).toEqual([1, number - 1]);
    expect(await store.put(block(number, large))).toBe(false);
    expect(await store.put({ ...block(1, 0), extrinsics: [new Uint8Array(mib)] })).toBe(false);
    expect([store.extent(), store.at(1)?.extrinsics]).toEqual([before, undefined]);
    await store.took(1);
    expect(await store.put(block(number, large))).toBe(true);
    expect(store.extent().first).toBe(2);
  });

  it("drops higher blocks to make room for a lower block that the worker needs", async () => {
    const store = opened(temporaryFolder(), mib);
    for (let number = 30; number > 0; number--) expect(await store.put(block(number, large))).toBe(true);
    const { first, last } = store.extent();
    expect([first, last! < 30]).toEqual([1, true]);
    for (let number = 1; number <= last!; number++) expect(store.at(number)).toBeDefined();
  });

  it("does not drop a higher block to make room for a lower block that the worker has taken", async () => {
    const store = opened(temporaryFolder(), mib);
    await store.took(1_000);
    for (let number = 100; number < 120; number++) await store.put(block(number, large));
    const { first } = store.extent();
    expect(await store.put(block(1, mib / 2))).toBe(false);
    expect(store.extent().first).toBe(first);
  });

  it("refuses a block that is larger than the limit, and keeps the others", async () => {
    const store = opened(temporaryFolder(), mib);
    await store.took(1_000);
    await store.put(block(1, large));
    expect(await store.put(block(2, 2 * mib))).toBe(false);
    expect(store.extent()).toMatchObject({ first: 1, last: 1 });
  });

  it("stays small on disk, however many blocks pass through it", async () => {
    const folder = temporaryFolder();
    const store = opened(folder, 4 * mib);
    for (let number = 1; number <= 300; number++) {
      await store.put(block(number, number % 7 === 0 ? 3 : large));
      await store.took(number);
    }
    expect(store.extent().last).toBe(300);
    expect(statSync(`${folder}/blocks.lmdb`).size).toBeLessThan(10 * mib);
  });
});
