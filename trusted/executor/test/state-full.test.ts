import { complete } from "@pruntime/core/work";
import { describe, expect, it } from "vitest";
import { balanceOf, bob, code, command, newExecutor, run, transfer } from "./kit.ts";

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
    const [before, answer] = [executor.encodeState(), balanceOf(executor, bob)];
    expect(paid).toThrow(full);
    expect(executor.encodeState()).toEqual(before);
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
    expect(executor.encodeState()).toEqual(reference.encodeState());
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
    loaded.loadState(grown.encodeState());
    expect(loaded.memory.bytes).toBe(grown.memory.bytes);
  });

  it("refuses a state to load that does not fit, also beside the state that it replaces", () => {
    const executor = newExecutor();
    for (let i = 0; i < 5; i++) run(executor, { json: transfer(bob, 1n) });
    const [dump, { bytes }] = [executor.encodeState(), executor.memory];
    const own = newExecutor().memory.bytes;
    const at = (stateBudget: number) => newExecutor({ stateBudget });
    at(own + bytes).loadState(dump);
    expect(() => at(own + bytes - 1).loadState(dump)).toThrow(full);
    expect(() => at(own + bytes + 99).loadState(dump, 100)).toThrow(full);
    at(own + bytes + 100).loadState(dump, 100);
  });
});

describe("a dump", () => {
  it("executor/dump-too-large: is refused before it is written whole", () => {
    const executor = newExecutor();
    run(executor, { json: transfer(bob, 1n) });
    const { length } = executor.encodeState();
    expect(complete(executor.encodeStateWork(length))).toHaveLength(length);
    expect(() => complete(executor.encodeStateWork(length / 2))).toThrow(code("executor/dump-too-large"));
  });
});
