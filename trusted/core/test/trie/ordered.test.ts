import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/index.ts";
import { encode } from "../../src/scale/index.ts";
import { orderedRoot } from "../../src/trie/index.ts";
import { hash, noise, offsetView, peerRoot } from "./states.ts";

const list = (length: number): Uint8Array[] => Array.from({ length }, (_, i) => noise(i, (i * 17) % 150));

describe("orderedRoot", () => {
  it("of no values is the root of an empty block body", () => {
    expect(toHex(orderedRoot(hash, []))).toBe(
      "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314",
    );
  });

  it.each([1, 2, 63, 64, 65, 255, 300])(
    "equals smoldot's root over keys of compact indices, for %i values",
    async (length) => {
      const entries = list(length).map(
        (value, i) => [encode(i, (w, index) => w.compact(index)), value] as const,
      );
      expect(toHex(orderedRoot(hash, list(length)))).toBe(await peerRoot(0, entries));
    },
  );

  it("depends on the order, and on every value", () => {
    const values = list(70);
    const roots = [values, values.toReversed(), values.slice(1), values.with(69, noise("other"))].map((v) =>
      toHex(orderedRoot(hash, v)),
    );
    expect(new Set(roots).size).toBe(roots.length);
  });

  it("reads offset views", () => {
    expect(orderedRoot(hash, list(9).map(offsetView))).toEqual(orderedRoot(hash, list(9)));
  });
});
