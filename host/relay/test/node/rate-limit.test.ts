import { RelayError } from "@pruntime/relay";
import { describe, expect, it } from "vitest";
import type { NodeConnection } from "../../src/node/connection.ts";
import { RateLimit, withRateLimit } from "../../src/node/rate-limit.ts";
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

const refusal = (afterMs?: number): RelayError =>
  new RelayError({
    code: "relay/rate-limited",
    method: "m",
    reason: "",
    ...(afterMs === undefined ? {} : { afterMs }),
  });
const never = new Promise<void>(() => undefined);

/** Returns a limit whose rests end at once, and a list that collects the length of each rest in ms. */
function limit(most: number): { readonly rateLimit: RateLimit; readonly rests: number[] } {
  const rests: number[] = [];
  return { rateLimit: new RateLimit(most, async (ms) => void rests.push(ms)), rests };
}

describe("withRateLimit", () => {
  it("halves the limit after a refusal, and raises it by one after every 64 answers", async () => {
    const { rateLimit } = limit(8);
    let refusals = 1;
    const asked = withRateLimit(
      connection(() => (refusals-- > 0 ? Promise.reject(refusal()) : Promise.resolve(7))),
      rateLimit,
      () => undefined,
    );
    expect(await asked.request("m")).toBe(7);
    expect(rateLimit.width).toBe(4);
    for (let i = 0; i < 64; i++) await asked.request("m");
    expect(rateLimit.width).toBe(5);
  });

  it("doubles the rest after each consecutive refusal, and gives up after seven", async () => {
    const { rateLimit, rests } = limit(8);
    let [sent, retried] = [0, 0];
    const asked = withRateLimit(
      connection(() => {
        sent++;
        return Promise.reject(refusal());
      }),
      rateLimit,
      () => retried++,
    );
    await expect(asked.request("m")).rejects.toMatchObject({ code: "relay/rate-limited" });
    expect([sent, retried]).toEqual([7, 6]);
    expect(rests).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400]);
    await expect(asked.request("m")).rejects.toMatchObject({ code: "relay/rate-limited" });
    expect(rests.slice(7, 12)).toEqual([12_800, 25_600, 51_200, 60_000, 60_000]);
  });

  it("rests as long as the node asks for, and after an answer again for the shortest time", async () => {
    const { rateLimit, rests } = limit(8);
    const answers = [refusal(30_000), 1, refusal(), 2];
    const asked = withRateLimit(
      connection(async () => {
        const next = answers.shift();
        if (next instanceof RelayError) throw next;
        return next;
      }),
      rateLimit,
      () => undefined,
    );
    expect([await asked.request("m"), await asked.request("m")]).toEqual([1, 2]);
    expect(rests).toEqual([30_000, 100]);
  });

  it("sends nothing during a rest, and counts the refusals of earlier requests as one refusal", async () => {
    let over = (): void => undefined;
    const rests: number[] = [];
    const rateLimit = new RateLimit(8, (ms) => {
      rests.push(ms);
      return new Promise((resolve) => (over = resolve));
    });
    let sent = 0;
    const asked = withRateLimit(
      connection(async () => {
        if (sent++ < 4) throw refusal();
        return 7;
      }),
      rateLimit,
      () => undefined,
    );
    const answers = Promise.all(Array.from({ length: 4 }, () => asked.request("m")));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([sent, rests]).toEqual([4, [100]]);
    over();
    expect(await answers).toEqual([7, 7, 7, 7]);
  });

  it("does not wait for the end of a rest if the connection has ended", async () => {
    const rateLimit = new RateLimit(8, () => never);
    rateLimit.refused();
    await expect(rateLimit.run(() => Promise.resolve(7), Promise.resolve())).resolves.toBe(7);
  });

  it("lowers the limit after a time-out, and throws the time-out", async () => {
    const { rateLimit, rests } = limit(8);
    const late = withRateLimit(
      connection(() => Promise.reject(new RelayError({ code: "relay/node-timeout", method: "m" }))),
      rateLimit,
      () => undefined,
    );
    await expect(late.request("m")).rejects.toMatchObject({ code: "relay/node-timeout" });
    expect([rateLimit.width, rests]).toEqual([4, []]);
  });

  it("never runs more tasks at once than its width, which is at least one", async () => {
    const { rateLimit } = limit(2);
    let [now, most] = [0, 0];
    const task = async (): Promise<void> => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    };
    await Promise.all(Array.from({ length: 20 }, () => rateLimit.run(task, never)));
    expect(most).toBe(2);
    for (let i = 0; i < 5; i++) rateLimit.slower();
    await Promise.all(Array.from({ length: 5 }, () => rateLimit.run(task, never)));
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
