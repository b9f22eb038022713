/** The executor's long work: the most that happens between two pauses, and what a query sees at a pause. */
import { utf8 } from "@pruntime/core/bytes";
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import type { Work } from "@pruntime/core/work";
import { executionReceiptLifetime } from "@pruntime/interfaces";
import { describe, expect, it } from "vitest";
import { countRows } from "../src/built-in/data-plaza/join.ts";
import { KeySet, publicHashTable } from "../src/built-in/data-plaza/key-set.ts";
import type { Executor } from "../src/index.ts";
import { alice, balanceOf, bob, command, encodeState, newExecutor, transfer } from "./kit.ts";

/** Runs work, calls `between` at each pause, and returns the number of pauses. */
function paused(work: Work<unknown>, between: () => void = () => undefined): number {
  let pauses = 0;
  for (; work.next().done !== true; pauses++) between();
  return pauses;
}

function taken(executor: Executor) {
  const work = executor.snapshotWork();
  for (let pauses = 0; ; pauses++) {
    const { done, value } = work.next();
    if (done === true) return { snapshot: value, pauses };
  }
}

/** An executor with `count` execution receipts in an open batch. */
function full(count: number, crypto: Crypto = portableCrypto) {
  const executor = newExecutor({ crypto });
  const batch = executor.begin();
  for (let i = 0; i < count; i++) {
    const txHash = new Uint8Array(32);
    new DataView(txHash.buffer).setUint32(0, i);
    batch.execute({ ...command({ contractId: 2, json: transfer(bob, 1n) }), txHash });
  }
  return { executor, batch };
}

describe("between two pauses", () => {
  it("the end of a block changes or hashes at most 64 nodes", () => {
    let [hashes, macs, most] = [0, 0, 0];
    const crypto: Crypto = {
      ...portableCrypto,
      blake2b256: (data) => {
        hashes++;
        return portableCrypto.blake2b256(data);
      },
      hmacSha256: (key, data) => {
        macs++;
        return portableCrypto.hmacSha256(key, data);
      },
    };
    const { batch } = full(1_000, crypto);
    [hashes, macs] = [0, 0];
    const pauses = paused(batch.endBlockWork(1), () => {
      most = Math.max(most, hashes + macs / 2);
      [hashes, macs] = [0, 0];
    });
    expect(most).toBeLessThanOrEqual(64);
    expect(pauses).toBeGreaterThan(30);
  });

  it("the end of a block indexes and expires at most 64 execution receipts", () => {
    const { executor, batch } = full(1_000);
    paused(batch.endBlockWork(1));
    batch.commit();
    const empty = executor.begin();
    const without = paused(empty.endBlockWork(1 + executionReceiptLifetime));
    expect(paused(empty.endBlockWork(2 + executionReceiptLifetime)) - without).toBeGreaterThan(1_000 / 64);
  });

  it("a commit copies and a snapshot sorts at most 1,024 entries; a part of a dump has at most 256", () => {
    const { executor, batch } = full(3_000);
    batch.endBlock(1);
    const commitWork = batch.commitWork();
    let step = commitWork.next();
    while (step.done !== true) step = commitWork.next();
    expect(paused(step.value)).toBeGreaterThanOrEqual(2);
    const { snapshot, pauses } = taken(executor);
    expect(pauses).toBeGreaterThanOrEqual(9); // three runs, read, sorted and merged twice
    const parts = [...snapshot.parts()];
    expect(parts.length).toBeGreaterThan(3_000 / 256);
    const loading = newExecutor().beginLoad();
    const pausesOfParts = parts.reduce((sum, part) => sum + paused(loading.add(part)), 0);
    expect(pausesOfParts).toBeGreaterThanOrEqual(3_000 / 64); // 64 changes of the trie each
    expect(paused(loading.settle())).toBeGreaterThan(3_000 / 64);
  });

  const mib = 1 << 20;
  it.each([
    ["rows", `phone\n${"1234567\n".repeat(mib / 8)}`],
    ["a header with one long name", `${"h".repeat(mib)},phone\n`],
    ["a header with many columns", `${"h,".repeat(mib / 2)}phone\n`],
    ["a row with many fields", `phone,x\n1${",2".repeat(mib / 2)}\n`],
    ["a long field beside the key", `phone,x\n1,"${'""'.repeat(mib / 2)}"\n`],
    ["a row that is too short to have the column", `x,phone\n${"1".repeat(mib)}\n`],
    ["empty lines before the header", `${"\n".repeat(mib)}phone\n`],
    ["empty lines", `phone\n${"\n".repeat(mib)}`],
  ])("a unit of a join reads at most 16 KiB: %s", (_, text) => {
    const file = utf8(text);
    expect(paused(countRows(file, utf8("phone\n1\n"), publicHashTable))).toBeGreaterThanOrEqual(63);
    const ofQuery = paused(countRows(utf8("phone\n1\n"), file, publicHashTable));
    expect(ofQuery - paused(KeySet.forText(publicHashTable, file))).toBeGreaterThanOrEqual(63);
  });

  it("a unit of a join provides memory for at most 16,384 slots of its set", () =>
    expect(paused(KeySet.forText(publicHashTable, new Uint8Array(mib)))).toBe(mib / 2 / 16_384));

  it("a unit of a join reads at most 16 KiB of a key, and compares at most 16 KiB", () => {
    const file = utf8(`phone\n${"1".repeat(mib)}\n`);
    const short = utf8("phone\n1\n");
    const [inQuery, inBoth] = [short, file].map((dataset) =>
      paused(countRows(dataset, file, publicHashTable)),
    );
    const provided = paused(KeySet.forText(publicHashTable, file));
    expect((inQuery ?? 0) - provided).toBeGreaterThanOrEqual(63 + 64); // the row, and the key
    expect((inBoth ?? 0) - (inQuery ?? 0)).toBeGreaterThanOrEqual(63 + 64 + 63); // and the comparison
  });
});

describe("a query", () => {
  it("sees all of a batch from the first unit of its commit, and nothing of it before", () => {
    const { executor, batch } = full(3_000);
    const [before, old] = [executor.stateRoot, balanceOf(executor, bob)];
    batch.endBlock(1);
    const prepare = batch.commitWork();
    let step = prepare.next();
    for (; step.done !== true; step = prepare.next())
      expect([executor.stateRoot, balanceOf(executor, bob)]).toEqual([before, old]);
    expect([executor.stateRoot, balanceOf(executor, bob)]).toEqual([before, old]);
    const pauses = paused(step.value, () => expect(balanceOf(executor, bob)).toContain(`"3000"`));
    expect(pauses).toBeGreaterThan(1);
    expect(executor.stateRoot).not.toEqual(before);
  });
});

describe("a batch", () => {
  it("begins on all of a commit that did not run to its end", () => {
    const [{ executor, batch }, whole] = [full(3_000), full(3_000)];
    for (const each of [batch, whole.batch]) each.endBlock(1);
    whole.batch.commit();
    const prepare = batch.commitWork();
    let step = prepare.next();
    while (step.done !== true) step = prepare.next();
    step.value.next();
    const back = command({ contractId: 2, sender: bob, json: transfer(alice, 1n) });
    for (const each of [executor, whole.executor]) {
      const next = each.begin();
      next.execute(back);
      next.endBlock(1);
      next.commit();
    }
    expect(encodeState(executor)).toEqual(encodeState(whole.executor));
    expect(executor.stateRoot).toEqual(whole.executor.stateRoot);
  });
});
