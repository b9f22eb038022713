import { describe, expect } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { decodeBridgeInitInfo } from "../../src/bridge-2020/index.ts";
import { concat, from0x, fromHex, to0x, toHex } from "../../src/bytes/index.ts";
import { decodeAll } from "../../src/scale/index.ts";
import { wellKnownKeys } from "../../src/storage-key/index.ts";
import { openStateProof, type StateProof, type StateVersion, Trie } from "../../src/trie/index.ts";
import { type Change, type Entry, hash, parameters } from "./states.ts";

type HexEntry = readonly [string, string];
const entriesOf = (hex: readonly HexEntry[]): Entry[] => hex.map(([k, v]) => [from0x(k), from0x(v)]);
const changesOf = (hex: readonly (readonly [string, string | null])[]): Change[] =>
  hex.map(([k, v]) => [from0x(k), v === null ? undefined : from0x(v)]);

describe("a Phala chain of 2021, block by block", () => {
  recorded("has all 51 recorded roots, and a state built from scratch has the same root", ({ files }) => {
    const genesis = entriesOf(Object.entries(files.json("phala/trie-storage/db-0.json").genesis.raw.top));
    const roots = files.text("phala/trie-storage/state_roots.txt").trim().split(/\s+/);
    const blocks = files.json("phala/trie-storage/changes.json").result.slice(0, roots.length) as {
      mainStorageChanges: [string, string | null][];
    }[];
    let trie = Trie.from(parameters(0), genesis);
    const computed = blocks.map(({ mainStorageChanges }, i) => {
      if (i > 0) trie = trie.apply(changesOf(mainStorageChanges));
      if (i % 10 === 0) expect(to0x(Trie.from(parameters(0), trie.entries()).root)).toBe(to0x(trie.root));
      return to0x(trie.root);
    });
    expect(computed).toHaveLength(51);
    expect(computed).toEqual(roots);
  });
});

describe("recorded roots", () => {
  recorded("of the reference implementation's vectors", ({ files }) => {
    const { vectors } = files.json("substrate/f-trie-roots.json.gz");
    expect(vectors.length).toBe(6);
    for (const { name, entries, roots } of vectors) {
      expect(to0x(Trie.from(parameters(0), entriesOf(entries)).root), name).toBe(roots.v0);
      expect(to0x(Trie.from(parameters(1), entriesOf(entries)).root), name).toBe(roots.v1);
    }
  });

  recorded("after each recorded transition", ({ files }) => {
    const { base, baseRoot, steps } = files.json("substrate/f-trie-transitions-phala-dev.json.gz");
    let trie = Trie.from(parameters(0), entriesOf(Object.entries(base)));
    expect(to0x(trie.root)).toBe(baseRoot);
    for (const { changes, root } of steps) {
      trie = trie.apply(changesOf(changes));
      expect(to0x(trie.root)).toBe(root);
    }
  });

  recorded.for([
    "polkadot",
    "westend",
    "rococo",
    "bridge-hub-polkadot",
    "asset-hub-polkadot",
    "paseo-people",
  ])("%s at genesis", (chain, { files }) => {
    const { stateVersion, header, top } = files.json(`substrate/c-genesis-${chain}.json.gz`);
    const entries = entriesOf(Object.entries(top));
    expect(to0x(Trie.from(parameters(stateVersion), entries).root)).toBe(header.stateRoot);
    expect(to0x(Trie.empty(parameters(stateVersion)).apply(entries).root)).toBe(header.stateRoot);
  });

  recorded("kusama after block 3783", ({ files }) => {
    const { stateRoot, entries } = files.json("substrate/c-state-kusama-3783.json.gz");
    expect(to0x(Trie.from(parameters(0), entriesOf(entries)).root)).toBe(stateRoot);
  });
});

interface RecordedProof {
  readonly stateVersion: StateVersion;
  readonly stateRoot: string;
  readonly proofNodes: readonly string[];
  readonly expect: {
    readonly entriesInProof: readonly { readonly key: string; readonly value: string | null }[];
  };
}

describe("recorded proofs", () => {
  const it = recorded.extend(
    "load",
    ({ files }) =>
      (name: string): RecordedProof =>
        files.json(`substrate/d-proof-${name}.json`),
  );
  const names = [
    "inline-node",
    "kusama-relay-21405572",
    "kusama-relay-26187122",
    "kusama-relay-8606020",
    "nextkey-2035_ter",
    "polkadot-genesis-claim",
    "polkadot-relay-7583066",
  ];
  const open = ({ stateRoot }: RecordedProof, nodes: readonly Uint8Array[]): StateProof =>
    openStateProof(hash, from0x(stateRoot), nodes);

  it.for(names)("%s proves its entries, with its nodes in any order", (name, { load }) => {
    const known = load(name);
    const nodes = known.proofNodes.map(from0x);
    for (const proof of [open(known, nodes), open(known, nodes.toReversed())])
      for (const { key, value } of known.expect.entriesInProof) {
        if (value === null) expect(proof.covers(from0x(key))).toBe(false);
        else expect(to0x(proof.read(from0x(key)) ?? new Uint8Array())).toBe(value);
      }
  });

  it.for(names)("%s requires every node on the path to an entry", (name, { load }) => {
    const known = load(name);
    const nodes = known.proofNodes.map(from0x);
    const keys = known.expect.entriesInProof
      .filter(({ value }) => value !== null)
      .map(({ key }) => from0x(key));
    const root = nodes.findIndex((node) => to0x(hash(node)) === known.stateRoot);
    let needed = 0;
    for (let i = 0; i < nodes.length; i++) {
      if (i === root) continue;
      const proof = open(known, nodes.toSpliced(i, 1));
      if (!keys.every((key) => proof.covers(key))) needed++;
    }
    expect(needed).toBeGreaterThan(0);
    expect(() => open(known, nodes.toSpliced(root, 1))).toThrow("trie/root-missing");
  });

  it("proves that the claim's neighbour is absent, and nothing about other keys", ({ load }) => {
    const known = load("polkadot-genesis-claim");
    const proof = open(known, known.proofNodes.map(from0x));
    const claim = from0x(known.expect.entriesInProof[0]?.key ?? "");
    expect(proof.read(concat(claim, Uint8Array.of(0x25)))).toBeUndefined();
    expect(proof.covers(wellKnownKeys.code)).toBe(false);
  });

  it("six proofs together prove 922 keys", ({ files }) => {
    const { stateRoot, proofsScaleVecVec, expectedKeys } = files.json("substrate/d-prefix-scan.json.gz");
    const proofs = (proofsScaleVecVec as string[]).map((bytes) =>
      decodeAll(from0x(bytes), (r) => r.vec(1, (r) => r.vecU8())),
    );
    const opened = proofs.map((nodes) => openStateProof(hash, from0x(stateRoot), nodes));
    const shown = (expectedKeys as string[]).filter((key) =>
      opened.some((proof) => proof.covers(from0x(key)) && proof.read(from0x(key)) !== undefined),
    );
    expect(shown).toHaveLength(922);
  });
});

describe("the genesis proof of the 2020 bridge", () => {
  recorded.for(["a", "b"])("proves the authorities with its nodes in order %s", (order, { files }) => {
    const { header, proof } = decodeBridgeInitInfo(
      files.base64(`phala/2020-bridge/genesis-info-${order}.b64`),
    );
    const value = openStateProof(hash, header.stateRoot, proof).read(wellKnownKeys.grandpaAuthorities);
    expect(to0x(value ?? new Uint8Array())).toMatch(
      /^0x010888dc3417[0-9a-f]{52}b0ee0100000000000000d17c2d78[0-9a-f]{52}ae690100000000000000$/,
    );
    proof.forEach((node, n) => {
      for (let bit = 0; bit < 8 * node.length; bit++) {
        const flipped = node.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        const read = () =>
          openStateProof(hash, header.stateRoot, proof.with(n, flipped)).read(
            wellKnownKeys.grandpaAuthorities,
          );
        expect(read).toThrow(/^trie\/(root-missing|incomplete-proof)$/);
      }
    });
  });
});

describe("generated proofs, with the results of sp-trie", () => {
  interface ProofCase {
    readonly root: string;
    readonly nodes: readonly string[];
    readonly keys: readonly string[];
    /** The result for each key: `v` and the value in hex, `none`, or `error`. */
    readonly got: readonly string[];
  }

  function read(opened: () => StateProof, key: string): string {
    try {
      const value = opened().read(fromHex(key));
      return value === undefined ? "none" : `v${toHex(value)}`;
    } catch (error) {
      expect((error as { code: string }).code).toMatch(/^(trie|codec)\//);
      return "error";
    }
  }

  recorded("give the same result for every read", ({ files }) => {
    const cases = files.json("live-node/proof-cases.json.gz") as readonly ProofCase[];
    expect(cases.length).toBe(1200);
    for (const [i, { root, nodes, keys, got }] of cases.entries()) {
      const opened = () => openStateProof(hash, fromHex(root), nodes.map(fromHex));
      expect(
        keys.map((key) => read(opened, key)),
        `case ${i}`,
      ).toEqual(got);
    }
  });
});
