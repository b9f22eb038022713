import { to0x } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { storagePrefix, systemEventsKey } from "@pruntime/core/storage-key";
import { describe, expect, it } from "vitest";
import { type Bench, serve } from "./bench.ts";

const manual = { mode: { kind: "manual" } } as const;
const events = to0x(systemEventsKey(crypto));
const accounts = to0x(storagePrefix(crypto, "System", "Account"));

interface OperationEvent {
  readonly event: string;
  readonly operationId: string;
  readonly items?: readonly Record<string, string>[];
}

/** Opens a follow subscription and reads its first two messages. */
async function follow({ rpc }: Bench, withRuntime = false): Promise<string> {
  const id = await rpc.call<string>("chainHead_v1_follow", withRuntime);
  expect([await rpc.next(id), await rpc.next(id)]).toMatchObject([
    { event: "initialized" },
    { event: "bestBlockChanged" },
  ]);
  return id;
}

describe("chainHead_v1", () => {
  it("reports new, best and finalized blocks, in this order", async () => {
    const bench = await serve(manual);
    const id = await follow(bench);
    const block = bench.chain.produceBlock();
    const blockHash = to0x(block.hash);
    const told = [await bench.rpc.next(id), await bench.rpc.next(id), await bench.rpc.next(id)];
    expect(told).toEqual([
      { event: "newBlock", blockHash, parentBlockHash: to0x(block.header.parentHash) },
      { event: "bestBlockChanged", bestBlockHash: blockHash },
      { event: "finalized", finalizedBlockHashes: [blockHash], prunedBlockHashes: [] },
    ]);
    expect(await bench.rpc.call("chainHead_v1_header", id, blockHash)).toBe(to0x(block.encodedHeader));
  });

  it("starts with the blocks that are not final yet", async () => {
    const { chain, rpc } = await serve({ ...manual, finalityLag: 2 });
    for (let i = 0; i < 3; i++) chain.produceBlock();
    const id = await rpc.call("chainHead_v1_follow", true);
    const told: unknown[] = [];
    for (let i = 0; i < 4; i++) told.push(await rpc.next(id));
    const at = (n: number): string => to0x(chain.blockAt(n)!.hash);
    expect(told).toMatchObject([
      {
        event: "initialized",
        finalizedBlockHashes: [at(0), at(1)],
        finalizedBlockRuntime: { type: "valid", spec: { apis: expect.any(Object) } },
      },
      { event: "newBlock", blockHash: at(2), newRuntime: null },
      { event: "newBlock", blockHash: at(3) },
      { event: "bestBlockChanged", bestBlockHash: at(3) },
    ]);
  });

  it("reads bodies and calls the runtime", async () => {
    const bench = await serve(manual);
    const id = await follow(bench, true);
    const { hash, body } = bench.chain.produceBlock();
    for (let i = 0; i < 3; i++) await bench.rpc.next(id);
    const started = await bench.rpc.call<{ operationId: string }>("chainHead_v1_body", id, to0x(hash));
    const { operationId } = started;
    expect(started).toEqual({ result: "started", operationId });
    expect(await bench.rpc.next(id)).toEqual({
      event: "operationBodyDone",
      operationId,
      value: body.map(to0x),
    });
    await bench.rpc.call("chainHead_v1_call", id, to0x(hash), "GrandpaApi_current_set_id", "0x");
    expect(await bench.rpc.next(id)).toMatchObject({
      event: "operationCallDone",
      output: `0x${"00".repeat(8)}`,
    });
    await bench.rpc.call("chainHead_v1_call", id, to0x(hash), "No_such", "0x");
    expect(await bench.rpc.next(id)).toMatchObject({ event: "operationError" });
  });

  it("reads storage by key and by prefix", async () => {
    const bench = await serve(manual);
    const id = await follow(bench);
    const { chain, rpc } = bench;
    const state = chain.stateOf(chain.genesis);
    const below = [...state.entries(storagePrefix(crypto, "System", "Account"))];
    const query = async (...items: unknown[]): Promise<OperationEvent> => {
      await rpc.call("chainHead_v1_storage", id, to0x(chain.genesisHash), items, null);
      const first = await rpc.next<OperationEvent>(id);
      if (first.event === "operationStorageItems")
        expect(await rpc.next(id)).toMatchObject({ event: "operationStorageDone" });
      return first;
    };
    expect(await query({ key: "0x1234", type: "value" })).toMatchObject({ event: "operationStorageDone" });
    const values = below.map(([key, value]) => ({ key: to0x(key), value: to0x(value) }));
    expect((await query({ key: accounts, type: "descendantsValues" })).items).toEqual(values);
    const hashes = below.map(([key, value]) => ({ key: to0x(key), hash: to0x(crypto.blake2b256(value)) }));
    expect((await query({ key: accounts, type: "descendantsHashes" })).items).toEqual(hashes);
    expect(
      (await query({ key: hashes[0]!.key, type: "hash" }, { key: hashes[0]!.key, type: "value" })).items,
    ).toEqual([hashes[0], values[0]]);
    const root = (await query({ key: "0x", type: "closestDescendantMerkleValue" })).items;
    expect(root).toEqual([{ key: "0x", closestDescendantMerkleValue: to0x(state.root) }]);
  });

  it("changes the Merkle value of a prefix exactly when a value under it changes", async () => {
    const bench = await serve(manual);
    bench.chain.produceBlock();
    const id = await follow(bench);
    const { rpc } = bench;
    const merkle = async (key: string): Promise<unknown> => {
      const hash = to0x(bench.chain.best().hash);
      await rpc.call("chainHead_v1_storage", id, hash, [{ key, type: "closestDescendantMerkleValue" }], null);
      const { items } = await rpc.next<OperationEvent>(id);
      await rpc.next(id);
      return items?.[0]?.["closestDescendantMerkleValue"];
    };
    const before = [await merkle(accounts), await merkle(to0x(storagePrefix(crypto, "System", "Number")))];
    bench.chain.produceBlock();
    for (let i = 0; i < 3; i++) await rpc.next(id);
    const after = [await merkle(accounts), await merkle(to0x(storagePrefix(crypto, "System", "Number")))];
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  it("waits for a client that requests very many items", async () => {
    const endowed = Array.from(
      { length: 300 },
      (_, i) => [crypto.blake2b256(Uint8Array.of(i, i >> 8)), 1_000_000_000_000n] as const,
    );
    const bench = await serve({ ...manual, endowed });
    const id = await follow(bench);
    const { rpc, chain } = bench;
    const query = [id, to0x(chain.genesisHash), [{ key: accounts, type: "descendantsHashes" }], null];
    const { operationId } = await rpc.call<{ operationId: string }>("chainHead_v1_storage", ...query);
    const first = await rpc.next<OperationEvent>(id);
    expect(await rpc.next(id)).toEqual({ event: "operationWaitingForContinue", operationId });
    expect(await rpc.call("chainHead_v1_continue", id, operationId)).toBeNull();
    const second = await rpc.next<OperationEvent>(id);
    expect(first.items!.length + second.items!.length).toBeGreaterThanOrEqual(300);
    expect(await rpc.next(id)).toEqual({ event: "operationStorageDone", operationId });
  });
});

describe("archive_v1 and chainSpec_v1", () => {
  it("reads any block", async () => {
    const { rpc, chain } = await serve(manual);
    const block = chain.produceBlock();
    const hash = to0x(block.hash);
    expect(await rpc.call("archive_v1_genesisHash")).toBe(await rpc.call("chainSpec_v1_genesisHash"));
    expect(await rpc.call("archive_v1_finalizedHeight")).toBe(1);
    expect(await rpc.call("archive_v1_hashByHeight", 1)).toEqual([hash]);
    expect(await rpc.call("archive_v1_hashByHeight", 2)).toEqual([]);
    expect(await rpc.call("archive_v1_header", hash)).toBe(to0x(block.encodedHeader));
    expect(await rpc.call("archive_v1_body", hash)).toEqual(block.body.map(to0x));
    expect(await rpc.call("archive_v1_call", hash, "GrandpaApi_current_set_id", "0x")).toEqual({
      success: true,
      value: `0x${"00".repeat(8)}`,
    });
    expect(await rpc.call("archive_v1_call", hash, "No_such", "0x")).toMatchObject({ success: false });
    const unknown = `0x${"12".repeat(32)}`;
    for (const method of ["archive_v1_header", "archive_v1_body"])
      expect(await rpc.call(method, unknown)).toBeNull();
  });

  it("streams storage, each time from scratch", async () => {
    const { rpc, chain } = await serve(manual, { maxSubscriptions: 1 });
    const block = chain.produceBlock();
    const id = await rpc.call("archive_v1_storage", to0x(block.hash), [{ key: events, type: "value" }], null);
    const value = to0x(chain.stateOf(block).get(systemEventsKey(crypto))!);
    expect(await rpc.next(id)).toEqual({ event: "storage", key: events, value });
    expect(await rpc.next(id)).toEqual({ event: "storageDone" });
    const none = await rpc.call("archive_v1_storage", `0x${"12".repeat(32)}`, [], null);
    expect(await rpc.next(none)).toMatchObject({ event: "storageError" });
  });
});

describe("transaction_v1", () => {
  it("broadcasts without reporting validity, at most sixteen at once", async () => {
    const { rpc } = await serve(manual);
    const ids = [];
    for (let i = 0; i < 16; i++) ids.push(await rpc.call("transaction_v1_broadcast", "0x00"));
    expect(await rpc.call("transaction_v1_broadcast", "0x00")).toBeNull();
    expect(await rpc.call("transaction_v1_stop", ids[0])).toBeNull();
    expect(await rpc.ask("transaction_v1_stop", ids[0])).toMatchObject({ error: { code: -32602 } });
    expect(typeof (await rpc.call("transaction_v1_broadcast", "0x00"))).toBe("string");
  });
});
