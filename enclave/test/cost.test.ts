import { describe, expect, it } from "vitest";
import { CallCosts } from "../src/cost.ts";
import type { CallReply } from "../src/reply.ts";

const reply = (id: number): CallReply => ({
  kind: "reply",
  id,
  status: 200,
  code: undefined,
  body: new Uint8Array(),
  statement: undefined,
  puts: [],
  drops: [],
});

describe("the class of a reply's cost", () => {
  it.each([
    [0, 0],
    [4, 0],
    [4.1, 1],
    [32, 1],
    [33, 2],
    [256, 2],
    [257, 3],
    [60_000, 3],
  ])("of a call that took %d ms is %i", (ms, cost) => {
    let clock = 1_000;
    const costs = new CallCosts(() => clock);
    costs.begin(7);
    clock += ms;
    expect(costs.add(reply(7))).toEqual({ ...reply(7), cost });
  });

  it("counts each call from its own arrival", () => {
    let clock = 0;
    const costs = new CallCosts(() => clock);
    costs.begin(1);
    clock = 300;
    costs.begin(2);
    expect([costs.add(reply(2)), costs.add(reply(1))]).toMatchObject([{ cost: 0 }, { cost: 3 }]);
  });

  it("is not added to other messages", () => {
    const progress = { kind: "progress", id: 1 } as const;
    expect(new CallCosts(() => 0).add(progress)).toEqual(progress);
  });
});
