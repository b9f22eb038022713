import { complete, forEach, mapEach, type Work } from "@pruntime/core/work";
import { expect, it } from "vitest";

/** Runs work, and returns its result and the number of its pauses. */
function counted<T>(work: Work<T>): readonly [T, number] {
  for (let pauses = 0; ; pauses++) {
    const { done, value } = work.next();
    if (done === true) return [value, pauses];
  }
}

it("maps in order, and pauses after each unit", () => {
  const double = (n: number) => 2 * n;
  expect(counted(mapEach([1, 2, 3, 4, 5], 2, double))).toEqual([[2, 4, 6, 8, 10], 2]);
  expect(counted(mapEach([], 2, double))).toEqual([[], 0]);
  expect(complete(mapEach([1, 2, 3], 1, double))).toEqual([2, 4, 6]);
});

it("takes an item only when its turn comes", () => {
  const taken: number[] = [];
  const source = [1, 2, 3].values();
  const work = forEach(source, 2, (n) => taken.push(n));
  expect(taken).toEqual([]);
  work.next();
  expect(taken).toEqual([1, 2]);
  expect(complete(work)).toBeUndefined();
  expect(taken).toEqual([1, 2, 3]);
});
