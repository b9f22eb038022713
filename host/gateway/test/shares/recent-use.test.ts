import { describe, expect, it } from "vitest";
import { RecentUse } from "../../src/shares/recent-use.ts";

const setUp = () => {
  let clock = 0;
  const use = new RecentUse({ now: () => clock, secret: "a fixed secret" });
  const of = (network: string) => use.of(use.principal(network));
  const add = (network: string, ms: number) => use.add(use.principal(network), ms);
  return {
    of,
    add,
    wait: (ms: number) => {
      clock += ms;
    },
  };
};

describe("RecentUse", () => {
  it("counts each network for itself", () => {
    const { of, add } = setUp();
    add("192.0.2.1", 30);
    add("192.0.2.1", 12);
    add("192.0.2.2", 5);
    expect(["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(of)).toEqual([42, 5, 0]);
  });

  it("fades to 1/e in a minute", () => {
    const { of, add, wait } = setUp();
    add("192.0.2.1", 100);
    wait(60_000);
    expect(of("192.0.2.1")).toBeCloseTo(100 / Math.E);
    add("192.0.2.1", 100);
    expect(of("192.0.2.1")).toBeCloseTo(100 / Math.E + 100);
  });

  it("keeps its figures over days, although its counters grow with time", () => {
    const { of, add, wait } = setUp();
    for (let day = 0; day < 3; day++) {
      add("192.0.2.1", 100);
      expect(of("192.0.2.1")).toBeCloseTo(100);
      wait(99 * 60_000);
      add("192.0.2.2", 50);
      wait(60_000 + 1);
      expect(of("192.0.2.2")).toBeCloseTo(50 / Math.E, 2);
      wait(86_400_000);
      expect(of("192.0.2.1")).toBeCloseTo(0);
    }
  });

  it("forgets no use, whatever number of other networks is used", () => {
    const { of, add } = setUp();
    add("192.0.2.1", 1_000);
    for (let i = 0; i < 100_000; i++) add(`2001:db8:${i.toString(16)}::/48`, 1);
    expect(of("192.0.2.1")).toBeGreaterThanOrEqual(1_000);
  });

  it("charges hardly any newcomer for the use of 1,000 others", () => {
    const { of, add } = setUp();
    for (let i = 0; i < 1_000; i++) add(`198.18.${i >> 8}.${i & 255}`, 5_000);
    const charged = Array.from({ length: 1_000 }, (_, i) => of(`203.0.${i >> 8}.${i & 255}`)).filter(
      (ms) => ms > 0,
    );
    expect(charged.length).toBeLessThan(5);
  });

  it("assigns counters by a secret, so that no caller knows which networks share them", () => {
    const counters = (secret?: string) =>
      new RecentUse(secret === undefined ? {} : { secret }).principal("192.0.2.1").counters;
    expect(counters("a")).toEqual(counters("a"));
    expect(counters("a")).not.toEqual(counters("b"));
    expect(counters()).not.toEqual(counters());
  });
});
