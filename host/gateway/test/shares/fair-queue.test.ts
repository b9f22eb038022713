import { describe, expect, it } from "vitest";
import { FairQueue, type QueueLimits, type Waiting } from "../../src/shares/fair-queue.ts";
import { RecentUse } from "../../src/shares/recent-use.ts";

interface Item extends Waiting {
  readonly name: string;
}

const setUp = (limits: Partial<QueueLimits> = {}) => {
  let clock = 0;
  const use = new RecentUse({ now: () => clock, secret: "a fixed secret" });
  const givenUp: string[] = [];
  const queue = new FairQueue<Item>({ calls: 100, bytes: 1e6, ...limits }, use, ({ name }) => {
    givenUp.push(name);
  });
  const spend = (network: string, ms: number) => use.add(use.principal(network), ms);
  const push = (name: string, networks: readonly string[] = [name.slice(0, 1)], bytes = 0): Item => {
    const item = {
      name,
      principals: networks.map((network) => use.principal(network)),
      body: new Uint8Array(bytes),
    };
    queue.push(item);
    return item;
  };
  const shift = (count: number) => Array.from({ length: count }, () => queue.shift()?.name);
  const wait = (ms: number): void => {
    clock += ms;
  };
  return { queue, givenUp, spend, push, shift, wait };
};

describe("FairQueue", () => {
  it("serves the caller that used least, and each caller's calls in order", () => {
    const { spend, push, shift } = setUp();
    spend("a", 30);
    spend("b", 20);
    for (const name of ["a1", "b1", "b2", "c1", "c2"]) push(name);
    expect(shift(6)).toEqual(["c1", "c2", "b1", "b2", "a1", undefined]);
  });

  it("compares uses again before each call", () => {
    const { spend, push, shift } = setUp();
    for (const name of ["a1", "a2", "a3", "b1", "b2"]) push(name);
    const served = Array.from({ length: 5 }, () => {
      const [name = ""] = shift(1);
      spend(name.slice(0, 1), 10);
      return name;
    });
    expect(served).toEqual(["a1", "b1", "a2", "b2", "a3"]);
  });

  it("serves callers that used the same in the order in which they came", () => {
    const { push, shift } = setUp();
    for (const name of ["c1", "a1", "b1"]) push(name);
    expect(shift(3)).toEqual(["c1", "a1", "b1"]);
  });

  it("judges by the wider network first, so a caller gains nothing by many narrow ones", () => {
    const { spend, push, shift } = setUp();
    spend("w", 100);
    spend("v", 50);
    spend("v/1", 50);
    push("w2", ["w", "w/2"]);
    push("v1", ["v", "v/1"]);
    push("v2", ["v", "v/2"]);
    expect(shift(3)).toEqual(["v2", "v1", "w2"]);
  });

  it("gives a caller that used more earlier its turn beside many that have used nothing", () => {
    const { queue, spend, push } = setUp();
    spend("v", 1_000);
    for (const name of ["a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3"]) push(name);
    const serve = (count: number) =>
      Array.from({ length: count }, () => {
        const item = queue.shift();
        if (item !== undefined) queue.charge(item, 10);
        return item?.name;
      });
    expect(serve(4)).toEqual(["a1", "b1", "c1", "a2"]);
    push("v1");
    push("v2");
    expect(serve(5)).toEqual(["b2", "c2", "v1", "a3", "b3"]);
    expect(serve(2)).toEqual(["c3", "v2"]);
  });

  it("serves a caller that was idle before callers that are waiting for their next turn", () => {
    const { queue, push } = setUp();
    const serve = () => {
      const item = queue.shift();
      if (item !== undefined) queue.charge(item, item.name.startsWith("d") ? 50 : 10);
      return item?.name;
    };
    for (const name of ["d1", "d2", "a1", "a2", "a3"]) push(name);
    expect([serve(), serve(), serve()]).toEqual(["d1", "a1", "a2"]);
    push("v1");
    expect([serve(), serve(), serve()]).toEqual(["v1", "a3", "d2"]);
  });

  it("judges turns by the wider network first", () => {
    const { queue, push } = setUp();
    const first = push("w1", ["w", "w/1"]);
    queue.shift();
    queue.charge(first, 30);
    push("w2", ["w", "w/2"]);
    push("v1", ["v", "v/1"]);
    expect([queue.shift()?.name, queue.shift()?.name]).toEqual(["v1", "w2"]);
  });

  it("remembers a bounded number of turns, and those of all that wait", () => {
    const { queue, push, shift } = setUp();
    queue.charge(push("a1"), 5);
    const others = Array.from({ length: 20_000 }, (_, i) => ({ network: `n${i}`, counters: [i] }));
    for (const principal of others) queue.charge({ principals: [principal], body: new Uint8Array() }, 10);
    for (const principal of [others[0]!, others[19_999]!])
      queue.push({ name: principal.network, principals: [principal], body: new Uint8Array() });
    push("b1");
    expect(shift(4)).toEqual(["b1", "n0", "a1", "n19999"]);
  });

  it.each([
    ["keep their calls", false, [4]], // at first, the others had not waited yet
    ["withdraw their calls and send them again", true, []],
  ])("serves a caller that seldom waits before callers that always wait and %s", (_, resend, wanted) => {
    const { queue, push, wait } = setUp();
    let waiting = ["a", "b", "c", "d"].map((name) => push(name));
    const late: number[] = [];
    let pushed = 3;
    for (let i = 0; i < 300; i++) {
      if (resend) waiting = waiting.filter((item) => queue.remove(item)).map(({ name }) => push(name));
      if (i === pushed) push("v");
      const item = queue.shift();
      wait(100);
      if (item === undefined) continue;
      queue.charge(item, 1);
      if (item.name !== "v") waiting.push(push(item.name));
      else {
        if (i > pushed) late.push(i);
        pushed = i + 4;
      }
    }
    expect(late).toEqual(wanted);
  });

  it("puts no caller behind others for calls that it served while no other call waited", () => {
    const { queue, spend, push, shift } = setUp();
    spend("a", 1_000);
    queue.charge(push("v1"), 10);
    expect(shift(1)).toEqual(["v1"]);
    push("a1");
    push("v2");
    expect(shift(2)).toEqual(["v2", "a1"]);
  });

  it("serves those without networks first", () => {
    const { push, shift } = setUp();
    push("a1");
    push("o1", []);
    push("b1");
    push("o2", []);
    expect(shift(4)).toEqual(["o1", "o2", "a1", "b1"]);
  });

  it("tells how many other networks wait, of the widest ones", () => {
    const { queue, push, shift } = setUp();
    const own = push("a1", ["a", "a/1"]);
    push("a2", ["a", "a/2"]);
    push("operator", []);
    expect(queue.networksBeside(own)).toBe(0);
    for (const network of ["b/1", "b/2"]) push(network, ["b", network]);
    push("c1");
    expect(queue.networksBeside(own)).toBe(2);
    expect(shift(6)).toContain("a2");
    expect(queue.networksBeside(own)).toBe(0);
  });

  it("gives up the operator's newest call only if all calls are the operator's", () => {
    const { givenUp, push, shift } = setUp({ calls: 2 });
    for (const name of ["a1", "b1"]) push(name);
    for (const name of ["op1", "op2", "op3"]) push(name, []);
    expect(givenUp).toEqual(["b1", "a1", "op3"]);
    expect(shift(2)).toEqual(["op1", "op2"]);
  });

  it("gives up the newest call of the caller that used most, and never that of one that used little", () => {
    const { givenUp, spend, push, shift } = setUp({ calls: 4 });
    spend("a", 1_000);
    spend("b", 10);
    for (const name of ["b1", "a1", "a2", "b2", "c1", "c2", "c3"]) push(name);
    expect([givenUp, shift(5)]).toEqual([
      ["a2", "a1", "b2"],
      ["c1", "c2", "c3", "b1", undefined],
    ]);
  });

  it("refuses the newcomer if it is the one that used most", () => {
    const { givenUp, spend, push } = setUp({ calls: 2 });
    spend("a", 1_000);
    for (const name of ["b1", "c1", "a1"]) push(name);
    expect(givenUp).toEqual(["a1"]);
  });

  it("counts waiting calls as use when it gives one up, in wider networks too", () => {
    const { givenUp, spend, push } = setUp({ calls: 4 });
    spend("b", 2);
    for (const name of ["a1", "a2", "a3", "a4", "b1"]) push(name);
    expect(givenUp).toEqual(["a4"]);
    const wide = setUp({ calls: 4 });
    wide.spend("b", 2);
    for (const name of ["w1", "w2", "w3", "w4"]) wide.push(name, ["w", name]);
    wide.push("b1");
    expect(wide.givenUp).toEqual(["w4"]);
  });

  it("is bounded in bytes, which count as use", () => {
    const { queue, givenUp, push } = setUp({ bytes: 100_000 });
    push("a1", ["a"], 60_000);
    push("b1", ["b"], 30_000);
    push("b2", ["b"], 10_000);
    expect(givenUp).toEqual([]);
    push("c1", ["c"], 1);
    expect([givenUp, queue.size]).toEqual([["a1"], 3]);
    push("d1", ["d"], 100_001);
    expect([givenUp.at(-1), queue.size]).toEqual(["d1", 3]);
  });

  it("has room again after a call is served or removed", () => {
    const { queue, givenUp, push, shift } = setUp({ calls: 2 });
    const first = push("a1");
    push("b1");
    expect([queue.remove(first), queue.remove(first)]).toEqual([true, false]);
    push("c1");
    shift(1);
    push("d1");
    expect([givenUp, queue.size]).toEqual([[], 2]);
    for (const name of ["e1", "e2", "e3"]) push(name);
    expect(givenUp).toEqual(["e1", "e2", "e3"]);
  });

  it("serves an operator's calls, which have no networks, in order", () => {
    const { givenUp, push, shift } = setUp({ calls: 2 });
    for (const name of ["o1", "o2", "o3"]) push(name, []);
    expect([givenUp, shift(3)]).toEqual([["o3"], ["o1", "o2", undefined]]);
  });
});
