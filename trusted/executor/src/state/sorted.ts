/** Sorts the paths of a state in units: short runs are sorted first, and then merged two at a time. */
import { forEach, type Work } from "@pruntime/core/work";
import { entriesPerUnit } from "./overlay.ts";

/** Sorts texts by their UTF-16 units, as `Array.prototype.sort` does. */
export function* sorted(texts: Iterable<string>): Work<readonly string[]> {
  let runs: string[][] = [[]];
  yield* forEach(texts, entriesPerUnit, (text) => {
    const last = runs.at(-1) as string[];
    if (last.length < entriesPerUnit) last.push(text);
    else runs.push([text]);
  });
  for (const run of runs) {
    run.sort();
    yield;
  }
  while (runs.length > 1) {
    const merged: string[][] = [];
    for (let i = 0; i < runs.length; i += 2)
      merged.push(yield* merge(runs[i] as string[], runs[i + 1] ?? []));
    runs = merged;
  }
  return runs[0] as string[];
}

function* merge(left: readonly string[], right: readonly string[]): Work<string[]> {
  const merged: string[] = [];
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const [a, b] = [left[l], right[r]];
    if (b === undefined || (a !== undefined && a < b)) {
      merged.push(a as string);
      l++;
    } else {
      merged.push(b);
      r++;
    }
    if (merged.length % entriesPerUnit === 0) yield;
  }
  return merged;
}
