import { RelayError } from "@pruntime/relay";
import { describe, expect, it } from "vitest";
import { RateLimit, withRateLimit } from "../../src/node/rate-limit.ts";
import type { NodeConnection } from "../../src/node/rpc.ts";
import { BatchSize } from "../../src/session/batch-size.ts";

function connection(answer: () => Promise<unknown>): NodeConnection {
  return {
    url: "ws://test",
    request: answer,
    subscribe: () => Promise.resolve(),
    closed: new Promise(() => undefined),
    close: () => undefined,
  };
}

describe("withRateLimit", () => {
  it("halves the limit after a refusal, and raises it by one after every 64 answers", async () => {
    const rateLimit = new RateLimit(8);
    let refusals = 1;
    const asked = withRateLimit(
      connection(() =>
        refusals-- > 0
          ? Promise.reject(new RelayError({ code: "relay/rate-limited", method: "m", reason: "" }))
          : Promise.resolve(7),
      ),
      rateLimit,
      () => undefined,
    );
    expect(await asked.request("m")).toBe(7);
    expect(rateLimit.width).toBe(4);
    for (let i = 0; i < 64; i++) await asked.request("m");
    expect(rateLimit.width).toBe(5);
  });

  it("lowers the limit after a time-out, and throws the time-out", async () => {
    const rateLimit = new RateLimit(8);
    const late = withRateLimit(
      connection(() => Promise.reject(new RelayError({ code: "relay/node-timeout", method: "m" }))),
      rateLimit,
      () => undefined,
    );
    await expect(late.request("m")).rejects.toMatchObject({ code: "relay/node-timeout" });
    expect(rateLimit.width).toBe(4);
  });

  it("never runs more requests at once than its width, and never stops at a width of one", async () => {
    const rateLimit = new RateLimit(2);
    let [now, most] = [0, 0];
    const task = async (): Promise<void> => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    };
    await Promise.all(Array.from({ length: 20 }, () => rateLimit.run(task)));
    expect(most).toBe(2);
    for (let i = 0; i < 5; i++) rateLimit.slower();
    await Promise.all(Array.from({ length: 5 }, () => rateLimit.run(task)));
    expect(rateLimit.width).toBe(1);
  });
});

describe("BatchSize", () => {
  it("halves down to one, and grows back step by step", () => {
    const batch = new BatchSize(100);
    for (const size of [50, 25, 13, 7, 4, 2, 1]) {
      expect(batch.halve()).toBe(true);
      expect(batch.size).toBe(size);
    }
    expect(batch.halve()).toBe(false);
    for (let i = 0; i < 100; i++) batch.accepted();
    expect(batch.size).toBe(100);
  });
});
