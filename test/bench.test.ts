/** Tests how `npm run bench -- --against` reads reports, and when it considers a line slower. */
import { describe, expect, it } from "vitest";
import { compareRounds, type Line, readReport } from "../bench/against/compare.ts";

const report = `
state trie
  read a key of 10000      1.50 µs | peer     3.00 µs | ratio 0.50  (peer: polkadot)
  root, of  two words       250 ns | peer     1.00 ms | ratio 0.00

relay: memory
  resident at the end      60.0 MiB | peer     50.0 MiB | ratio 1.20  (peer: before)
  resident at the end      60.0 MiB | peer     55.0 MiB | ratio 1.09  (peer: after)
`;

describe("readReport", () => {
  it("reads the lines of each benchmark, in nanoseconds and bytes", () =>
    expect(readReport(report)).toEqual([
      { name: "state trie: read a key of 10000", ours: 1500, kind: "time" },
      { name: "state trie: root, of  two words", ours: 250, kind: "time" },
      { name: "relay: memory: resident at the end", ours: 60 * 2 ** 20, kind: "memory" },
      { name: "relay: memory: resident at the end (2)", ours: 60 * 2 ** 20, kind: "memory" },
    ]));

  it("refuses an unknown unit", () =>
    expect(() => readReport("  a line      1.50 days | peer     3.00 µs")).toThrow("unknown unit"));
});

describe("compareRounds", () => {
  const rounds = (figures: readonly number[]): Line[][] =>
    figures.map((ours) => [{ name: "a", ours, kind: "time" as const }]);
  const compare = (before: readonly number[], now: readonly number[]) =>
    compareRounds(rounds(before), rounds(now))[0];

  it("compares medians", () =>
    expect(compare([90, 100, 101, 99, 300], [50, 51, 40, 400, 49])).toEqual({
      ...{ name: "a", kind: "time", before: 100, now: 50, ratio: 0.5, slower: false },
    }));

  it("considers a line slower above 10 %", () => {
    expect(compare([100, 100, 100, 100, 100], [110, 110, 110, 110, 110])?.slower).toBe(false);
    expect(compare([100, 100, 100, 100, 100], [111, 111, 111, 111, 111])?.slower).toBe(true);
  });

  it("does not consider a line slower if the rounds of one side differ as much as the two sides do", () => {
    expect(compare([100, 100, 100, 130, 130], [120, 120, 120, 120, 120])?.slower).toBe(false);
    expect(compare([100, 100, 100, 100, 130], [120, 120, 120, 120, 90])?.slower).toBe(true);
  });

  it("leaves out lines that the other commit does not have", () =>
    expect(compareRounds([[]], rounds([1]))).toEqual([]));
});
