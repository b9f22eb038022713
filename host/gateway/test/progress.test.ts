import { describe, expect, it } from "vitest";
import { StatedProgress } from "../src/progress.ts";
import { readinessOf } from "../src/readiness.ts";
import { statement } from "./support/statement.ts";

const stated = (finalized: number, dispatched: number) => statement(finalized, dispatched, 1000 * dispatched);

describe("the progress that replies state", () => {
  it("is a batch of blocks after each call that dispatched some", () => {
    const progress = new StatedProgress(() => 0);
    expect(progress.take("get_status", stated(9, 2))).toBeUndefined();
    expect(progress.take("dispatch_block", stated(9, 5))).toEqual({ from: 3, to: 5 });
    expect(progress.take("dispatch_block", stated(9, 5))).toBeUndefined();
    expect(progress.take("sync_block", stated(9, 6))).toEqual({ from: 6, to: 6 });
    expect(progress.take("load_page", stated(9, 8))).toBeUndefined();
  });

  it("does not go back when replies overtake each other", () => {
    const progress = new StatedProgress(() => 0);
    progress.take("dispatch_block", stated(9, 5));
    progress.take("query", stated(8, 4));
    expect(progress.latest).toMatchObject({ finalized: 9, dispatched: 5, chainTimeMs: 5000 });
  });

  it("begins again when the enclave was restarted", () => {
    let restarts = 0;
    const progress = new StatedProgress(() => restarts);
    progress.take("dispatch_block", stated(9, 5));
    restarts = 1;
    expect(progress.latest).toBeUndefined();
    expect(progress.take("dispatch_block", stated(2, 1))).toBeUndefined();
    expect(progress.latest).toMatchObject({ finalized: 2, dispatched: 1 });
  });

  it("ignores a statement of an unknown version", () => {
    const progress = new StatedProgress(() => 0);
    progress.take("query", { bytes: Uint8Array.of(9), signature: new Uint8Array(64) });
    expect(progress.latest).toBeUndefined();
  });
});

describe("a worker", () => {
  const progress = { finalized: 116, dispatched: 100, chainTimeMs: 1_000_000 };
  const judged = (change: Partial<typeof progress>, ageMs = 120_000) => {
    const { doubts, ready } = readinessOf("ready", { ...progress, ...change }, 1_000_000 + ageMs);
    expect(ready).toBe(doubts.length === 0);
    return doubts;
  };

  it("is ready if it has caught up and is fresh", () => {
    expect(readinessOf("ready", progress, 1_000_007)).toEqual({
      ready: true,
      doubts: [],
      finalized: 116,
      dispatched: 100,
      age_ms: 7,
    });
  });

  it.each(["starting", "restarting", "closed"] as const)("is not ready while its enclave is %s", (state) => {
    expect(readinessOf(state, progress, 1_000_000)).toMatchObject({ ready: false, doubts: ["enclave"] });
  });

  it("is not ready before it has executed a block", () => {
    const unknown = { ready: false, doubts: ["unknown"], age_ms: null };
    expect(readinessOf("ready", undefined, 0)).toEqual({ ...unknown, finalized: null, dispatched: null });
    expect(readinessOf("ready", { finalized: 3, dispatched: 0, chainTimeMs: 0 }, 0)).toMatchObject(unknown);
  });

  it("is not ready while it is behind", () => {
    expect([judged({}), judged({ finalized: 117 })]).toEqual([[], ["behind"]]);
  });

  it("is not ready while its state is old", () => {
    expect([judged({}), judged({}, 120_001)]).toEqual([[], ["stale"]]);
  });
});
