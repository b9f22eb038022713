import { concat, utf8 } from "@pruntime/core/bytes";
import { complete } from "@pruntime/core/work";
import { executionReceiptLifetime } from "@pruntime/interfaces";
import { describe, expect, it } from "vitest";
import { retainedBytes } from "../../../test/support/heap.ts";
import { EntryMap } from "../src/state/entry-map.ts";
import { Snapshot } from "../src/state/snapshot.ts";
import { balanceOf, bob, code, command, encodeState, loadState, newExecutor, run, transfer } from "./kit.ts";

const kib = 1_024;
const full = code("executor/state-full");
const pay = () => command({ json: transfer(bob, 1n) });

describe("a state near its memory budget", () => {
  it("refuses a command that does not fit, and goes on answering queries", () => {
    const executor = newExecutor({ stateBudget: 64 * kib });
    const paid = () => run(executor, { json: transfer(bob, 1n) });
    expect(() => {
      for (;;) paid();
    }).toThrow(full);
    const [before, answer] = [encodeState(executor), balanceOf(executor, bob)];
    expect(paid).toThrow(full);
    expect(encodeState(executor)).toEqual(before);
    expect(balanceOf(executor, bob)).toBe(answer);
    expect(executor.memory.bytes).toBeLessThanOrEqual(64 * kib);
  });

  it("counts the batch before its commit, in finished blocks and in the current one", () => {
    for (const perBlock of [1, 1_000]) {
      const executor = newExecutor({ stateBudget: 64 * kib });
      const batch = executor.begin();
      expect(() => {
        for (let i = 1; i < 1_000; i++) {
          batch.execute(pay());
          if (i % perBlock === 0) batch.endBlock(i);
        }
      }).toThrow(full);
    }
  });

  it("counts a long value by its length", () => {
    const executor = newExecutor({ stateBudget: 64 * kib });
    expect(() => run(executor, { text: `"${"x".repeat(60 * kib)}"` })).toThrow(full);
  });

  it("states the memory that it would need in steps of 64 KiB", () => {
    for (const length of [30 * kib, 40 * kib]) {
      const executor = newExecutor({ stateBudget: 20 * kib });
      const bytes = expect.objectContaining({ detail: expect.objectContaining({ bytes: 64 * kib }) });
      expect(() => run(executor, { text: `"${"x".repeat(length)}"` })).toThrow(bytes);
    }
  });

  it("keeps the finished blocks of a batch whose next block does not fit", () => {
    const [executor, reference] = [newExecutor({ stateBudget: 64 * kib }), newExecutor()];
    const [batch, same] = [executor.begin(), reference.begin()];
    const first = pay();
    for (const each of [batch, same]) {
      each.execute(first);
      each.endBlock(1);
    }
    expect(() => {
      for (;;) batch.execute(pay());
    }).toThrow(full);
    for (const each of [batch, same]) each.commit();
    expect(encodeState(executor)).toEqual(encodeState(reference));
  });

  it("passes blocks without commands", () => {
    const executor = newExecutor({ stateBudget: 0 });
    run(executor);
    expect(() => run(executor, { json: transfer(bob, 1n) })).toThrow(full);
  });

  it("counts the same for a state that grew, that was overwritten, and that was loaded", () => {
    const [grown, loaded] = [newExecutor(), newExecutor()];
    const again = pay();
    for (let i = 0; i < 5; i++) run(grown, again, { json: transfer(bob, 2n) });
    loadState(loaded, encodeState(grown));
    expect(loaded.memory.bytes).toBe(grown.memory.bytes);
  });

  it("refuses a state to load that does not fit, also beside the state that it replaces", () => {
    const executor = newExecutor();
    for (let i = 0; i < 5; i++) run(executor, { json: transfer(bob, 1n) });
    const [dump, { bytes }] = [encodeState(executor), executor.memory];
    const own = newExecutor().memory.bytes;
    const at = (stateBudget: number) => newExecutor({ stateBudget });
    loadState(at(own + bytes), dump);
    expect(() => loadState(at(own + bytes - 1), dump)).toThrow(full);
  });
});

/** An executor with this state, room for `spare` more bytes, and a snapshot and a load in progress. */
function between(spare: number) {
  const reference = newExecutor();
  const first = pay();
  run(reference, first);
  const stateBudget = 2 * reference.memory.bytes + spare;
  const executor = newExecutor({ stateBudget });
  run(executor, first);
  const entries = encodeState(executor);
  const loading = executor.beginLoad();
  complete(loading.add(entries));
  return { executor, loading, entries, snapshot: complete(executor.snapshotWork()) };
}

describe("a snapshot", () => {
  it("shows the state as it was when it was taken, whatever later batches change, add and delete", () => {
    const executor = newExecutor();
    const at = (number: number) => ({ json: transfer(bob, 1n), block: { number, timeMs: 0n } });
    run(executor, at(1), at(1));
    const before = encodeState(executor);
    const snapshot = complete(executor.snapshotWork());
    const parts = snapshot.parts();
    run(executor, at(1 + executionReceiptLifetime));
    run(executor, at(2 + executionReceiptLifetime)); // deletes the execution receipts of block 1
    expect(concat(...parts)).toEqual(before);
    expect(snapshot.bytes).toBeGreaterThan(0);
    expect(encodeState(executor)).not.toEqual(before);
  });

  it("executor/given-up: is given up for another, after its last part, and when a state is loaded", () => {
    const executor = newExecutor();
    const snapshot = () => complete(executor.snapshotWork());
    const [first, read] = [snapshot(), snapshot()];
    expect([first.givenUp, read.givenUp]).toEqual([true, false]);
    expect(() => [...first.parts()]).toThrow(code("executor/given-up"));
    const entries = concat(...read.parts());
    expect(read.givenUp).toBe(false);
    run(executor, { json: transfer(bob, 1n) });
    expect([read.givenUp, read.bytes]).toEqual([true, 0]);
    const last = snapshot();
    loadState(executor, entries);
    expect(last.givenUp).toBe(true);
  });

  it("counts the values that it keeps, and is given up before a batch is refused", () => {
    const { executor, snapshot } = between(4 * kib);
    run(executor, { json: transfer(bob, 1n) });
    expect(snapshot.givenUp).toBe(true);
    expect(executor.memory.bytes).toBeLessThanOrEqual(executor.memory.budget);
  });

  it("is kept, with a load, when a batch would not fit without them either", () => {
    const { executor, loading, snapshot } = between(4 * kib);
    expect(() => run(executor, { text: `"${"x".repeat(60 * kib)}"` })).toThrow(full);
    expect(snapshot.givenUp).toBe(false);
    expect(loading.bytes).toBeGreaterThan(0);
  });

  it("counts its list of paths until it is given up", () => {
    const executor = newExecutor();
    const snapshot = complete(executor.snapshotWork());
    const { count } = snapshot;
    expect(snapshot.bytes).toBe(8 * count);
    expect(count).toBeGreaterThan(0);
    snapshot.giveUp();
    expect([snapshot.bytes, snapshot.count]).toEqual([0, count]);
  });

  it("releases its list of paths when it is given up, also while it is read", () => {
    const paths = () => Array.from({ length: 100_000 }, (_, i) => `path ${i}`);
    const entries = new EntryMap(0);
    for (const path of paths()) entries.set(path, utf8("value"));
    const retained = retainedBytes(() => {
      const snapshot = new Snapshot(entries, paths());
      const parts = snapshot.parts();
      parts.next();
      snapshot.giveUp();
      return [snapshot, parts];
    });
    expect(retained).toBeLessThan(400_000); // the list alone has 800,000 bytes
  });
});

it("a snapshot whose kept values need more than the rest of the budget is given up", () => {
  const executor = newExecutor({ stateBudget: 64 * kib });
  const at = (number: number) => ({ number, timeMs: 0n });
  run(executor, { text: `"${"x".repeat(40 * kib)}"`, block: at(1) });
  const snapshot = complete(executor.snapshotWork());
  run(executor, { text: "0", block: at(2 + executionReceiptLifetime) }); // deletes the long receipt
  expect([snapshot.givenUp, snapshot.bytes]).toEqual([true, 0]);
});

describe("a load", () => {
  it("executor/given-up: is given up when another begins", () => {
    const executor = newExecutor();
    const first = executor.beginLoad();
    executor.beginLoad();
    expect(() => complete(first.add(encodeState(newExecutor())))).toThrow(code("executor/given-up"));
    expect(() => complete(executor.replacing(first))).toThrow(code("executor/given-up"));
  });

  it("is given up before a batch is refused", () => {
    const { executor, loading } = between(4 * kib);
    const before = executor.memory.bytes;
    run(executor, { json: transfer(bob, 1n) }, { json: transfer(bob, 1n) });
    expect(executor.memory.bytes).toBeGreaterThan(before);
    expect(loading.bytes).toBe(0);
    expect(() => complete(loading.settle())).toThrow(code("executor/given-up"));
  });

  it("counts beside a snapshot's kept values", () => {
    const { executor, entries } = between(64 * kib);
    const filled = executor.beginLoad();
    complete(filled.add(entries));
    run(executor, { json: transfer(bob, 1n) });
    expect(filled.bytes).toBeGreaterThan(0);
  });
});
