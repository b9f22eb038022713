import { toHex } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { StoredNodes, Trie } from "@pruntime/core/trie";
import { executionReceiptLifetime } from "@pruntime/interfaces";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryStore } from "../../src/state/store.ts";
import {
  alice,
  ask,
  bob,
  carol,
  code,
  command,
  encodeState,
  type Given,
  loadState,
  newExecutor,
  run,
  transfer,
} from "../kit.ts";

/** A store that knows the names of its nodes and of those that were read. */
class Watched extends MemoryStore {
  readonly names = new Set<string>();
  readonly read = new Set<string>();
  isLost = false;

  override node(hash: Uint8Array): Uint8Array | undefined {
    this.read.add(toHex(hash));
    return this.isLost ? undefined : super.node(hash);
  }

  override putNode(hash: Uint8Array, encoding: Uint8Array): void {
    this.names.add(toHex(hash));
    super.putNode(hash, encoding);
  }

  override dropNode(hash: Uint8Array): void {
    this.names.delete(toHex(hash));
    super.dropNode(hash);
  }

  reachable(root: Uint8Array): ReadonlySet<string> {
    this.read.clear();
    for (const _ of Trie.over(new StoredNodes(portableCrypto.blake2b256, this, 0), root).entries());
    return this.read;
  }
}

/** An executor, and the store of its state. */
function watched(nodeCacheBytes: number) {
  const stores: Watched[] = [];
  const newStore = () => {
    const store = new Watched();
    stores.push(store);
    return store;
  };
  const executor = newExecutor({ newStore, nodeCacheBytes });
  return { executor, store: () => stores.at(-1) as Watched };
}

const anyCommand: fc.Arbitrary<Given> = fc.oneof(
  fc
    .tuple(fc.constantFrom(alice, bob, carol), fc.constantFrom(alice, bob, carol), fc.nat(9))
    .map(([sender, to, value]) => ({ sender, json: transfer(to, BigInt(value)) })),
  fc
    .constantFrom("A", "B", "C")
    .map((symbol) => ({ contractId: 3, json: { Issue: { symbol, total: "1" } } })),
  fc.nat(4).map((id) => ({ contractId: 3, json: { Destroy: { id } } })),
);
/** Blocks of a batch. In some blocks, the execution receipts of earlier blocks expire. */
const anyBatch = fc.array(
  fc.tuple(fc.array(anyCommand, { maxLength: 4 }), fc.constantFrom(1, 1, executionReceiptLifetime)),
  { maxLength: 3 },
);

describe("a store in memory", () => {
  const nodes = [1, 2, 3].map((last) => {
    const hash = new Uint8Array(32).fill(7);
    hash[31] = last;
    return { hash, encoding: Uint8Array.of(last) };
  });

  it("keeps nodes apart whose hashes start alike, when they are put again and dropped", () => {
    for (const dropped of nodes) {
      const store = new MemoryStore();
      for (const { hash, encoding } of [...nodes, ...nodes]) store.putNode(hash, encoding);
      for (const { hash, encoding } of nodes) expect(store.node(hash)).toEqual(encoding);
      store.dropNode(dropped.hash);
      for (const each of nodes)
        expect(store.node(each.hash)).toEqual(each === dropped ? undefined : each.encoding);
      for (const { hash } of nodes) store.dropNode(hash);
      for (const { hash } of nodes) expect(store.node(hash)).toBeUndefined();
    }
  });
});

describe("the nodes of a state", () => {
  it("give equal roots and answers for a small and a large cache, and no store has any others", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyBatch, fc.boolean()), { maxLength: 4 }), (batches) => {
        const [small, large] = [watched(4 << 10), watched(1 << 28)];
        let number = 1;
        for (const [blocks, isDumped] of batches) {
          const open = [small, large].map(({ executor }) => executor.begin());
          for (const [commands, distance] of blocks) {
            number += distance;
            const block = { number, timeMs: 0n };
            for (const given of commands.map((each) => command({ ...each, block })))
              expect(open[0]?.execute(given)).toEqual(open[1]?.execute(given));
            expect(open[0]?.endBlock(number)).toEqual(open[1]?.endBlock(number));
          }
          for (const batch of open) batch.commit();
          for (const { executor } of [small, large]) if (isDumped) loadState(executor, encodeState(executor));
          for (const { executor, store } of [small, large])
            expect(store().names).toEqual(store().reachable(executor.stateRoot));
          expect(small.executor.stateRoot).toEqual(large.executor.stateRoot);
        }
        expect(ask(small.executor, 3, "Metadata")).toBe(ask(large.executor, 3, "Metadata"));
      }),
      { numRuns: 60 },
    );
  });

  it("are the same after a batch that was dropped", () => {
    const { executor, store } = watched(4 << 10);
    run(executor, { json: transfer(bob, 1n) });
    const before = new Set(store().names);
    const batch = executor.begin();
    batch.execute(command({ json: transfer(bob, 2n) }));
    batch.endBlock(2);
    expect(store().names).toEqual(before);
    executor.begin().commit();
    expect(store().names).toEqual(before);
  });

  it("store/missing-record: are missed when a block ends, and the state does not change", () => {
    const { executor, store } = watched(0);
    run(executor, ...Array.from({ length: 20 }, () => ({ json: transfer(bob, 1n) })));
    const before = [executor.stateRoot, encodeState(executor)];
    const batch = executor.begin();
    batch.execute(command({ json: transfer(carol, 1n) }));
    store().isLost = true;
    expect(() => batch.endBlock(2)).toThrow(code("store/missing-record"));
    batch.commit();
    expect(ask(executor, 2, "TotalIssuance")).toContain("total_issuance");
    expect([executor.stateRoot, encodeState(executor)]).toEqual(before);
  });
});
