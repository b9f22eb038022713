import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BlockPoint,
  type FinalizedHeader,
  HeaderRun,
  toFinalized,
} from "../../src/light-client/index.ts";
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

/** Headers after a block of a made-up chain; headers of another fork differ in every field. */
function invented(parent: BlockPoint, count: number, fork: number): FinalizedHeader[] {
  const made: FinalizedHeader[] = [];
  for (let i = 1; i <= count; i++) {
    const number = parent.number + i;
    const field = (name: number) => Uint8Array.from(Buffer.from(`${name} ${fork} ${number}`.padEnd(32)));
    const parentHash = made.at(-1)?.hash ?? parent.hash;
    const [hash, stateRoot, extrinsicsRoot] = [field(0), field(1), field(2)];
    const runtimeUpdated = (number + fork) % 700 === 0;
    made.push({ number, hash, parentHash, stateRoot, extrinsicsRoot, runtimeUpdated });
  }
  return made;
}

/** The memory that a run may take: 97 bytes for each header, and two chunks of 1,024 headers. */
const allowed = (run: HeaderRun) => 97 * (run.length + 2 * 1024);

/** What a run is: the block before it, and its headers. */
interface Model {
  readonly parent: BlockPoint;
  readonly headers: readonly FinalizedHeader[];
}

function expectSame(run: HeaderRun, { parent, headers }: Model): void {
  const tip = headers.at(-1) ?? parent;
  expect(run.length).toBe(headers.length);
  expect(run.tip).toEqual({ number: tip.number, hash: tip.hash });
  expect(run.at(parent.number)).toBeUndefined();
  expect(run.at(tip.number + 1)).toBeUndefined();
  expect(run.firstUpdate()).toBe(headers.find(({ runtimeUpdated }) => runtimeUpdated)?.number);
  expect(isDeepStrictEqual([...run], headers)).toBe(true);
  expect(
    isDeepStrictEqual(
      headers.map(({ number }) => run.at(number)),
      headers,
    ),
  ).toBe(true);
  expect(run.byteLength).toBeLessThan(allowed(run));
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

  it("does not change a run whose end it appends", () => {
    const whole = appended([10]);
    const part = HeaderRun.after(headers[4]!).append([headers[5]!]);
    expect(numbers(part.concat(whole.after(6)))).toEqual([6, 7, 8, 9, 10]);
    expect([...whole]).toEqual(headers.slice(0, 10));
  });

  it("does not hold on to the headers it was given", () => {
    const copy = { ...headers[0]!, hash: headers[0]!.hash.slice() };
    const run = empty.append([copy]);
    copy.hash.fill(0xee);
    expect(run.at(1)).toEqual(headers[0]);
    run.at(1)!.hash.fill(0xee);
    expect(run.at(1)).toEqual(headers[0]);
  });

  it("is the same as an array of headers, whatever is appended, replaced and dropped", () => {
    const count = fc.oneof(fc.nat(5), fc.nat(40), fc.integer({ min: 1000, max: 2100 }));
    const step = fc.record({ kind: fc.constantFrom("append", "concat", "replace", "upTo", "after"), count });
    const start = fc.oneof(fc.integer({ min: 1015, max: 1030 }), fc.nat(2 ** 31));
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 10 }), (number, steps) => {
        let model: Model = { parent: { number, hash: root.hash }, headers: [] };
        let run = HeaderRun.after(model.parent);
        const seen = [{ run, model }];
        for (const [fork, { kind, count }] of steps.entries()) {
          const { parent, headers } = model;
          if (kind === "upTo" || kind === "replace") {
            const kept = headers.slice(0, Math.max(0, headers.length - count));
            run = run.upTo(parent.number + headers.length - count);
            model = { parent, headers: kept };
          }
          if (kind === "after") {
            const last = headers[Math.min(count, headers.length) - 1] ?? parent;
            run = run.after(parent.number + count);
            model = { parent: last, headers: headers.slice(count) };
          }
          if (kind === "append" || kind === "concat" || kind === "replace") {
            const added = invented(run.tip, count, fork);
            run = kind === "concat" ? run.concat(HeaderRun.after(run.tip).append(added)) : run.append(added);
            model = { parent: model.parent, headers: [...model.headers, ...added] };
          }
          seen.push({ run, model });
        }
        for (const earlier of seen) expectSame(earlier.run, earlier.model);
      }),
      { numRuns: 20 },
    );
  });

  it("takes little memory when each batch replaces all but one header of the batch before", () => {
    const batch = invented(root, 20_000, 0);
    let run = empty;
    for (let kept = 0; kept < 50; kept++) run = run.upTo(kept).append(batch);
    expect(run.length).toBe(20_049);
    expect(run.byteLength).toBeLessThan(allowed(run));
    expect(run.upTo(1).byteLength).toBeLessThan(allowed(run.upTo(1)));
    expect(run.after(20_000).byteLength).toBeLessThan(allowed(run.after(20_000)));
  });

  it("takes little memory when it grows by one header at a time", () => {
    const batch = invented(root, 3000, 0);
    let [run, joined] = [empty, empty];
    for (const header of batch) {
      run = run.append([header]);
      joined = joined.concat(HeaderRun.after(joined.tip).append([header]));
    }
    expectSame(run, { parent: root, headers: batch });
    expectSame(joined, { parent: root, headers: batch });
  });
});
