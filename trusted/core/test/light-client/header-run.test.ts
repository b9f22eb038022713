import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FinalizedHeader, HeaderRun, toFinalized } from "../../src/light-client/index.ts";
import { type Block, bytes32, child, genesis } from "../grandpa/chain.ts";

const root = genesis();
const blocks: Block[] = [];
for (let i = 0; i < 60; i++)
  blocks.push(
    child(blocks.at(-1) ?? root, {
      fork: i,
      stateRoot: bytes32(i),
      digest: i % 25 === 24 ? [{ kind: "runtime-environment-updated" }] : [],
    }),
  );
const headers: readonly FinalizedHeader[] = blocks.map(toFinalized);
const empty = HeaderRun.after(root);
const numbers = (run: HeaderRun) => [...run].map(({ number }) => number);

/** A run of the first headers, appended in pieces of these lengths. */
function appended(lengths: readonly number[]): HeaderRun {
  let [run, at] = [empty, 0];
  for (const length of lengths) {
    run = run.append(headers.slice(at, at + length));
    at += length;
  }
  return run;
}

describe("HeaderRun", () => {
  it("returns what was appended, however it was cut", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 6 }), fc.nat(60), fc.nat(60), (lengths, cut, number) => {
        const count = lengths.reduce((sum, length) => sum + length, 0);
        const run = appended(lengths);
        expect([...run]).toEqual(headers.slice(0, count));
        expect([run.length, run.tip.number]).toEqual([count, count]);
        expect(run.at(number)).toEqual(number <= count ? headers[number - 1] : undefined);
        const [before, after] = [run.upTo(cut), run.after(cut)];
        expect([...before]).toEqual(headers.slice(0, Math.min(cut, count)));
        expect([...after]).toEqual(headers.slice(0, count).slice(cut));
        expect([...before.concat(after)]).toEqual([...run]);
        expect(after.at(number)).toEqual(number > cut ? run.at(number) : undefined);
      }),
    );
  });

  it("has the block before it as its tip while it is empty", () => {
    expect(empty.tip).toEqual({ number: 0, hash: root.hash });
    expect(appended([10]).after(10).tip).toEqual({ number: 10, hash: headers[9]!.hash });
    expect(empty.at(0)).toBeUndefined();
  });

  it("finds the first block whose digest reports a change of the runtime", () => {
    expect(appended([24]).firstUpdate()).toBeUndefined();
    expect(appended([30, 30]).firstUpdate()).toBe(25);
    expect(appended([60]).after(25).firstUpdate()).toBe(50);
  });

  it("keeps runs apart that grew from the same run", () => {
    const common = appended([5]);
    const longer = common.append(headers.slice(5, 9));
    expect(numbers(common.append([headers[5]!]))).toEqual([1, 2, 3, 4, 5, 6]);
    expect([numbers(common).length, numbers(longer).length]).toEqual([5, 9]);
  });

  it("does not hold on to the headers it was given", () => {
    const copy = { ...headers[0]!, hash: headers[0]!.hash.slice() };
    const run = empty.append([copy]);
    copy.hash.fill(0xee);
    expect(run.at(1)).toEqual(headers[0]);
    run.at(1)!.hash.fill(0xee);
    expect(run.at(1)).toEqual(headers[0]);
  });
});
