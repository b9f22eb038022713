/** The maker of a file may choose its keys. Only the secret table of a worker keeps their hashes apart. */
import { utf8 } from "@pruntime/core/bytes";
import type { Work } from "@pruntime/core/work";
import { expect, it } from "vitest";
import { countRows } from "../../executor/src/built-in/data-plaza/join.ts";
import { publicHashTable } from "../../executor/src/built-in/data-plaza/key-set.ts";
import { ordered } from "./support/devchain.ts";

/** The hash of a text by the public table, after a text with the hash `from`. */
function hashOf(text: string, from = 0): number {
  let hash = from;
  for (const byte of utf8(text)) {
    hash = Math.imul(hash ^ publicHashTable[byte]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

/** Two texts of the same length that lead from one hash to the same hash. */
function pairFrom(from: number): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let i = 1_000_000; ; i++) {
    const [text, hash] = [String(i), hashOf(String(i), from)];
    const other = seen.get(hash);
    if (other !== undefined) return [other, text];
    seen.set(hash, text);
  }
}

/** 512 keys with the same length, the same long beginning, and the same hash by the public table. */
function keysWithOneHash(): readonly string[] {
  const beginning = "0".repeat(512);
  let [keys, hash] = [[beginning], hashOf(beginning)];
  while (keys.length < 512) {
    const pair = pairFrom(hash);
    keys = keys.flatMap((key) => pair.map((end) => key + end));
    hash = hashOf(pair[0], hash);
  }
  return keys;
}

function unitsOf(work: Work<unknown>): number {
  let units = 0;
  while (work.next().done !== true) units++;
  return units;
}

it("a worker's joins take few units for keys whose hashes are equal by the public table", async () => {
  const file = utf8(["phone", ...keysWithOneHash(), ""].join("\n"));
  const dataset = utf8("phone\n1\n");
  const runtime = await ordered();
  const store = (path: string, bytes: Uint8Array) => {
    unitsOf(runtime.begin({ kind: "set-data", path, bytes }));
    return unitsOf(runtime.settle());
  };
  store("d.csv", dataset);
  const byPublic = unitsOf(countRows(dataset, file, publicHashTable));
  expect(byPublic).toBeGreaterThan(1_000);
  expect(store("q.csv", file)).toBeLessThan(byPublic / 10);
});
