import { grandpaDigestItem } from "@pruntime/core/grandpa";
import { describe, expect, it } from "vitest";
import { authoritySet } from "../../core/test/grandpa/chain.ts";
import { maxSetStarts, type SetStart, setAfter, setsOf } from "../src/authority-sets.ts";
import { TinyChain } from "./support/tiny-chain.ts";
import { newRuntime, take } from "./support/worker.ts";

const { authorities } = authoritySet(4, 1n);
const change = grandpaDigestItem({ kind: "scheduled-change", nextAuthorities: authorities, delay: 0 });

/** A worker with commands in bodies, at block 2 of a chain whose set changes after block 2. */
function follower() {
  const chain = new TinyChain();
  chain.grow();
  chain.grow({ digest: [change] });
  const runtime = newRuntime();
  take(runtime, chain.init());
  for (const number of [1, 2]) take(runtime, chain.body(number));
  return runtime.status()!.chain;
}

describe("setsOf", () => {
  it("remembers after which block each set took over, the first of them after the start point", () =>
    expect(follower().sets).toEqual([
      { after: 0, setId: 0n },
      { after: 2, setId: 1n },
    ]));

  it("forgets the oldest of more than maxSetStarts sets", () => {
    const { client } = follower();
    let sets: readonly SetStart[] = [];
    for (let number = 0; number <= maxSetStarts; number++) {
      const at = { ...client.authorities, setId: BigInt(number) };
      sets = setsOf({ ...client, finalized: { ...client.finalized, number }, authorities: at }, sets);
    }
    expect([sets.length, setAfter(sets, 0), setAfter(sets, 1)]).toEqual([maxSetStarts, undefined, 1n]);
  });
});

describe("setAfter", () => {
  const sets = [
    { after: 3, setId: 1n },
    { after: 7, setId: 2n },
    { after: 7, setId: 9n },
  ];

  it.each([
    [2, undefined],
    [3, 1n],
    [6, 1n],
    [7, 9n],
    [100, 9n],
  ])("finds the set that goes on from block %s: %s", (number, setId) =>
    expect(setAfter(sets, number)).toBe(setId),
  );
});
