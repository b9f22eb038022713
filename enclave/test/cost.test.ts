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
    costs.begin(7, "query");
    clock += ms;
    expect(costs.add(reply(7))).toEqual({ ...reply(7), cost });
  });

  it("counts each call from its own arrival", () => {
    let clock = 0;
    const costs = new CallCosts(() => clock);
    costs.begin(1, "query");
    clock = 300;
    costs.begin(2, "query");
    expect([costs.add(reply(2)), costs.add(reply(1))]).toMatchObject([{ cost: 0 }, { cost: 3 }]);
  });

  it("is the highest for evidence, because waiting for a quote takes no processor time", () => {
    const costs = new CallCosts(() => 0);
    costs.begin(1, "get_evidence");
    costs.begin(2, "get_status");
    costs.begin(3, "no_such_action");
    expect([1, 2, 3].map((id) => costs.add(reply(id)))).toMatchObject([
      { cost: 3 },
      { cost: 0 },
      { cost: 0 },
    ]);
  });

  it("is not added to other messages", () => {
    const progress = { kind: "progress", id: 1 } as const;
    expect(new CallCosts(() => 0).add(progress)).toEqual(progress);
  });
});
