import { decode_proof } from "@acala-network/chopsticks-executor";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/index.ts";
import { openStateProof, orderedRoot, type StateVersion, Trie } from "../../src/trie/index.ts";
import { vectors } from "../crypto/vectors.ts";
import { type Entry, hash, parameters, peerRoot, rootOf } from "./states.ts";

interface State {
  readonly title: string;
  readonly entries: readonly (readonly [string, string])[];
  readonly v0: string;
  readonly v1: string;
}

interface Proof {
  readonly version: StateVersion;
  readonly root: string;
  readonly nodes: readonly string[];
  readonly values: readonly (readonly [string, string])[];
  readonly absent: readonly string[];
  readonly undetermined: readonly string[];
}

const { roots, lists } = vectors("trie/states.json") as {
  roots: State[];
  lists: { values: string[]; root: string }[];
};
const entriesOf = (state: State): Entry[] => state.entries.map(([k, v]) => [fromHex(k), fromHex(v)]);

describe("vectors/trie/states.json", () => {
  it.each(roots)("$title", async (state) => {
    const entries = entriesOf(state);
    expect([rootOf(0, entries), rootOf(1, entries)]).toEqual([state.v0, state.v1]);
    expect([await peerRoot(0, entries), await peerRoot(1, entries)]).toEqual([state.v0, state.v1]);
  });

  it.each(lists)("a list with root $root", ({ values, root }) => {
    expect(toHex(orderedRoot(hash, values.map(fromHex)))).toBe(root);
  });

  it("each state follows from the previous one by its changes alone", () => {
    let trie = Trie.empty(parameters(1));
    for (const state of roots) {
      const gone = [...trie.entries()].map(([k]) => [k, undefined] as const);
      trie = trie.apply([
        ...entriesOf(state),
        ...gone.filter(([k]) => !state.entries.some(([other]) => other === toHex(k))),
      ]);
      expect(toHex(trie.root)).toBe(state.v1);
    }
  });
});

describe.each(vectors("trie/proofs.json") as Proof[])(
  "vectors/trie/proofs.json, version $version",
  (vector) => {
    const nodes = vector.nodes.map(fromHex);
    const open = (nodes: readonly Uint8Array[]) => openStateProof(hash, fromHex(vector.root), nodes);

    it("proves the values and the absent keys, with the nodes in either order", () => {
      for (const proof of [open(nodes), open(nodes.toReversed())]) {
        for (const [k, v] of vector.values) expect(toHex(proof.read(fromHex(k)) ?? fromHex("ff"))).toBe(v);
        for (const k of vector.absent) expect(proof.read(fromHex(k))).toBeUndefined();
        for (const k of vector.undetermined)
          expect(() => proof.read(fromHex(k))).toThrow("trie/incomplete-proof");
      }
    });

    it("is read by smoldot with the same values", async () => {
      const decoded = new Map<string, string>(
        await decode_proof(
          `0x${vector.root}`,
          vector.nodes.map((node) => `0x${node}`),
        ),
      );
      for (const [k, v] of vector.values) expect(decoded.get(`0x${k}`)).toBe(`0x${v}`);
    });

    it("requires each of its nodes", () => {
      const keys = [...vector.values.map(([k]) => k), ...vector.absent].map(fromHex);
      nodes.forEach((_, i) => {
        const read = () => keys.map((k) => open(nodes.toSpliced(i, 1)).read(k));
        expect(read).toThrow(i === 0 ? "trie/root-missing" : "trie/incomplete-proof");
      });
    });
  },
);
