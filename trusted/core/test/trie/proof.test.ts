import { decode_proof } from "@acala-network/chopsticks-executor";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { concat, fromHex, to0x, toHex } from "../../src/bytes/index.ts";
import {
  defaultProofLimits,
  openStateProof,
  openStateProofWork,
  Trie,
  TrieError,
} from "../../src/trie/index.ts";
import { encodeNode } from "../../src/trie/node-codec.ts";
import { bytesPerUnit } from "../../src/work/index.ts";
import * as states from "./states.ts";

const { anyEntries, anyKey, anyVersion, chainLike, filled, hash, key, noise, offsetView, parameters } =
  states;

/** Returns the code of the `TrieError` that `run` throws, or "accept" if `run` returns. */
function verdict(run: () => unknown): string {
  try {
    run();
    return "accept";
  } catch (error) {
    if (!(error instanceof TrieError)) throw error;
    return error.code;
  }
}

const absentKey = concat(noise("pallet 1"), filled(16, 0xab));
const entries = chainLike(200);
const wanted = [entries[3], entries[50], entries[111]].map((entry) => (entry as states.Entry)[0]);

describe.each(states.versions)("a proof made by Trie.prove, version %i", (version) => {
  const trie = Trie.from(parameters(version), entries);
  const { root } = trie;

  it("proves values and absence, and nothing about other keys", () => {
    fc.assert(
      fc.property(
        anyVersion,
        anyEntries,
        fc.array(anyKey, { maxLength: 4 }),
        fc.array(anyKey),
        (v, some, keys, others) => {
          const trie = Trie.from(parameters(v), some);
          const proof = openStateProof(hash, trie.root, trie.prove(keys));
          for (const k of keys) expect(proof.read(k)).toEqual(trie.get(k));
          for (const k of others) if (proof.covers(k)) expect(proof.read(k)).toEqual(trie.get(k));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("starts with the root, and contains no node twice and no unnecessary node", () => {
    const nodes = trie.prove([...wanted, ...wanted, absentKey]);
    expect(hash(nodes[0] as Uint8Array)).toEqual(root);
    expect(new Set(nodes.map(toHex)).size).toBe(nodes.length);
    for (const spare of nodes) {
      const open = () =>
        openStateProof(
          hash,
          root,
          nodes.filter((node) => node !== spare),
        );
      expect(verdict(() => [...wanted, absentKey].map((k) => open().read(k)))).not.toBe("accept");
    }
  });

  it("is read if hashes share a prefix, and distinguishes hashes that differ only at the end", () => {
    const close = (data: Uint8Array): Uint8Array => hash(data).fill(7, 0, 31);
    const alike = Trie.from({ ...parameters(version), hash: (data) => hash(data).fill(7, 0, 6) }, entries);
    const shared = openStateProof((data) => hash(data).fill(7, 0, 6), alike.root, alike.prove(wanted));
    for (const k of wanted) expect(shared.read(k)).toEqual(alike.get(k));
    const [node] = trie.prove(wanted) as [Uint8Array];
    expect(verdict(() => openStateProof(close, close(node).with(31, close(node)[31]! ^ 1), [node]))).toBe(
      "trie/root-missing",
    );
    expect(verdict(() => openStateProof(close, close(node), [node, node]))).toBe("trie/duplicate-node");
  });

  it("contains equal subtrees once", () => {
    const twins = ["00", "f0"].flatMap((top) =>
      ["11", "22", "33"].map((k) => [key(top + k), filled(40)] as const),
    );
    const trie = Trie.from(parameters(version), twins);
    const nodes = trie.prove(twins.map(([k]) => k));
    expect(new Set(nodes.map(toHex)).size).toBe(nodes.length);
    const proof = openStateProof(hash, trie.root, nodes);
    for (const [k, v] of twins) expect(proof.read(k)).toEqual(v);
  });

  it("is read by smoldot", async () => {
    const decoded = new Map<string, string>(await decode_proof(to0x(root), trie.prove(wanted).map(to0x)));
    for (const k of wanted) expect(decoded.get(to0x(k))).toBe(to0x(trie.get(k) ?? filled(0)));
  });

  it("may have its nodes in any order", () => {
    const nodes = trie.prove(wanted);
    for (const order of [nodes.toReversed(), nodes.toSorted((a, b) => a.length - b.length)]) {
      const proof = openStateProof(hash, root, order);
      for (const k of wanted) expect(proof.read(k)).toEqual(trie.get(k));
    }
  });

  it("may contain spare nodes, which prove nothing", () => {
    const other = Trie.from(parameters(version), [
      [wanted[0] as Uint8Array, key("666666")],
      [noise("x"), filled(50, 1)],
    ]);
    const proof = openStateProof(hash, root, [...other.prove(wanted), ...trie.prove(wanted), noise("junk")]);
    for (const k of wanted) expect(proof.read(k)).toEqual(trie.get(k));
  });

  it("of no keys is the root alone", () => {
    expect(trie.prove([])).toHaveLength(1);
    expect(trie.set(key(""), filled(40)).prove([])).toHaveLength(1);
  });

  it("opens from offset views of hash and nodes", () => {
    const proof = openStateProof(hash, offsetView(root), trie.prove(wanted).map(offsetView));
    for (const k of wanted) expect(proof.read(offsetView(k))).toEqual(trie.get(k));
  });

  it("refuses every flipped bit", () => {
    const [k] = wanted as [Uint8Array];
    const nodes = trie.prove([k]);
    nodes.forEach((node, n) => {
      for (let bit = 0; bit < 8 * node.length; bit++) {
        const flipped = node.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        const read = () => openStateProof(hash, root, nodes.with(n, flipped)).read(k);
        expect(verdict(read)).toBe(n === 0 ? "trie/root-missing" : "trie/incomplete-proof");
      }
    });
    for (let bit = 0; bit < 256; bit++) {
      const flipped = root.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(verdict(() => openStateProof(hash, flipped, nodes))).toBe("trie/root-missing");
    }
  });
});

describe("openStateProof", () => {
  const trie = Trie.from(parameters(1), entries);
  const { root } = trie;
  const nodes = trie.prove(wanted);

  it("of the empty state proves that every key is absent", () => {
    const empty = Trie.empty(parameters(0));
    for (const nodes of [empty.prove([key("01")]), [], [Uint8Array.of(1)]]) {
      const proof = openStateProof(hash, empty.root, nodes);
      expect([proof.read(key("01")), proof.read(key("")), proof.covers(key("ff"))]).toEqual([
        undefined,
        undefined,
        true,
      ]);
    }
  });

  it("distinguishes an empty value from none", () => {
    const trie = Trie.from(parameters(0), [
      [key("01"), key("")],
      [key("02"), key("aa")],
    ]);
    const proof = openStateProof(hash, trie.root, trie.prove([key("01")]));
    expect([proof.read(key("01")), proof.read(key("03"))]).toEqual([key(""), undefined]);
  });

  it("trie/root-missing", () => {
    expect(() => openStateProof(hash, root, [])).toThrow(
      expect.objectContaining({ detail: { code: "trie/root-missing", root } satisfies TrieError["detail"] }),
    );
    expect(verdict(() => openStateProof(hash, root, nodes.slice(1)))).toBe("trie/root-missing");
    expect(verdict(() => openStateProof(hash, root.subarray(1), nodes))).toBe("trie/root-missing");
    expect(verdict(() => openStateProof(hash, filled(0), nodes))).toBe("trie/root-missing");
    expect(verdict(() => openStateProof(hash, concat(root, key("00")), nodes))).toBe("trie/root-missing");
  });

  it("trie/duplicate-node", () => {
    expect(verdict(() => openStateProof(hash, root, [...nodes, nodes[2] as Uint8Array]))).toBe(
      "trie/duplicate-node",
    );
  });

  it("trie/too-large: too many nodes or bytes, before it hashes any", () => {
    const bytes = nodes.reduce((sum, node) => sum + node.length, 0);
    const limits = { nodes: nodes.length, bytes };
    expect(verdict(() => openStateProof(hash, root, nodes, limits))).toBe("accept");
    const watched = vi.fn(hash);
    for (const what of ["nodes", "bytes"] as const)
      expect(() => openStateProof(watched, root, nodes, { ...limits, [what]: limits[what] - 1 })).toThrow(
        expect.objectContaining({
          detail: { code: "trie/too-large", what, limit: limits[what] - 1 } satisfies TrieError["detail"],
        }),
      );
    const many = new Array<Uint8Array>(defaultProofLimits.nodes + 1).fill(key("00"));
    const long = new Array<Uint8Array>(17).fill(filled(1024 * 1024));
    expect(verdict(() => openStateProof(watched, root, many))).toBe("trie/too-large");
    expect(verdict(() => openStateProof(watched, root, long))).toBe("trie/too-large");
    expect(watched).not.toHaveBeenCalled();
  });

  it("trie/bad-node: a root that is not a node, or an invalid node below it", () => {
    for (const bad of ["", "01", "0000", "4101", "8001008000"]) {
      const node = fromHex(bad);
      expect(verdict(() => openStateProof(hash, hash(node), [node]))).toBe("trie/bad-node");
      const children = new Array<Uint8Array | undefined>(16).fill(undefined);
      children[3] = hash(node);
      children[7] = filled(32);
      const parent = encodeNode({
        partial: { bytes: key(""), start: 0, end: 0 },
        value: undefined,
        children,
      });
      expect(verdict(() => openStateProof(hash, hash(parent), [node, parent]))).toBe("trie/bad-node");
      expect(verdict(() => openStateProof(hash, hash(parent), [parent]))).toBe("accept");
    }
  });

  it("trie/bad-node: the empty node below the root", () => {
    const children = new Array<Uint8Array | undefined>(16).fill(hash(key("00")));
    const parent = encodeNode({ partial: { bytes: key(""), start: 0, end: 0 }, value: undefined, children });
    expect(verdict(() => openStateProof(hash, hash(parent), [key("00"), parent]))).toBe("trie/bad-node");
  });

  it("trie/bad-node: a hashed value that is too short to be hashed", () => {
    const leafOf = (value: Uint8Array) =>
      encodeNode({
        partial: { bytes: key("01"), start: 0, end: 2 },
        value: { kind: "hashed", hash: hash(value) },
        children: [],
      });
    const open = (value: Uint8Array) => openStateProof(hash, hash(leafOf(value)), [leafOf(value), value]);
    expect(verdict(() => open(filled(32)))).toBe("trie/bad-node");
    expect(open(filled(33)).read(key("01"))).toEqual(filled(33));
  });

  it("trie/incomplete-proof: a missing node is not absence", () => {
    const [k] = wanted as [Uint8Array];
    const path = Trie.from(parameters(0), entries).prove([k]);
    const proof = openStateProof(hash, hash(path[0] as Uint8Array), path.slice(0, 1));
    expect(proof.covers(k)).toBe(false);
    expect(() => proof.read(k)).toThrow(
      expect.objectContaining({
        detail: {
          code: "trie/incomplete-proof",
          missing: hash(path[1] as Uint8Array),
        } satisfies TrieError["detail"],
      }),
    );
  });

  it("trie/incomplete-proof: a missing hashed value is not absence", () => {
    const trie = Trie.from(parameters(1), [
      [key("0101"), filled(50)],
      [key("0202"), filled(3)],
    ]);
    const nodes = trie.prove([key("0101")]).filter((node) => node.length !== 50);
    const proof = openStateProof(hash, trie.root, nodes);
    expect([proof.covers(key("0101")), verdict(() => proof.read(key("0101")))]).toEqual([
      false,
      "trie/incomplete-proof",
    ]);
  });

  it("does not mistake a value for a node, or a key that ends or forks in a node for a child's key", () => {
    const trie = Trie.from(parameters(0), [
      [key("0123"), filled(40)],
      [key("0145"), filled(40)],
      [key("01456789"), filled(40)],
    ]);
    const proof = openStateProof(hash, trie.root, trie.prove([key("0123"), key("0145"), key("01456789")]));
    for (const none of ["", "01", "0124", "012300", "014567", "0145678900", "ff"])
      expect(proof.read(key(none))).toBeUndefined();
  });

  it("decodes a node once even if many nodes refer to it", () => {
    // all sixteen children at each level are the same node, so 40 nodes have 16^40 paths
    let below: Uint8Array = encodeNode({
      partial: { bytes: key("01"), start: 0, end: 2 },
      value: { kind: "inline", bytes: filled(40) },
      children: [],
    });
    const tower = [below];
    for (let i = 0; i < 40; i++) {
      const children = new Array<Uint8Array>(16).fill(hash(below));
      below = encodeNode({ partial: { bytes: key(""), start: 0, end: 0 }, value: undefined, children });
      tower.push(below);
    }
    const proof = openStateProof(hash, hash(below), tower);
    expect(proof.read(concat(filled(20, 0x37), key("01")))).toEqual(filled(40));
  });

  it("reads a chain of keys, each a prefix of the next, without running out of stack", () => {
    const depth = 4000;
    const longest = filled(depth, 0x77);
    const deep = Array.from({ length: depth }, (_, i) => [longest.subarray(0, i + 1), key("01")] as const);
    const trie = Trie.from(parameters(0), deep);
    const proof = openStateProof(hash, trie.root, trie.prove([longest]));
    expect([proof.read(longest), proof.read(concat(longest, key("77")))]).toEqual([key("01"), undefined]);
  });

  it("throws only its own errors, for any nodes", () => {
    const node = fc.array(fc.oneof(fc.constantFrom(0x00, 0x04, 0x20, 0x41, 0x80, 0xc0), fc.nat(255)), {
      maxLength: 50,
    });
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 4 }), anyKey, (lists, k) => {
        const nodes = lists.map((list) => Uint8Array.from(list));
        verdict(() => openStateProof(hash, hash(nodes[0] as Uint8Array), nodes).read(k));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("openStateProofWork", () => {
  const entries = chainLike(2_000);
  const trie = Trie.from(parameters(1), entries);
  const nodes = trie.prove(entries.map(([key]) => key));

  it("hashes at most 16 KiB or 64 nodes between two pauses", () => {
    let [hashed, most] = [0, 0];
    const counting = (data: Uint8Array) => {
      hashed += Math.max(256, data.length);
      return hash(data);
    };
    const work = openStateProofWork(counting, trie.root, nodes);
    for (let step = work.next(); step.done !== true; step = work.next()) {
      most = Math.max(most, hashed);
      hashed = 0;
    }
    expect(nodes.length).toBeGreaterThan(1_000);
    expect(most).toBeLessThan(2 * bytesPerUnit);
  });

  it("pauses for each 256 nodes whose children it decodes", () => {
    let hashed = 0;
    const counting = (data: Uint8Array) => {
      hashed++;
      return hash(data);
    };
    let pauses = 0;
    for (const _ of openStateProofWork(counting, trie.root, nodes)) if (hashed >= nodes.length) pauses++;
    const inner = nodes.length - entries.length; // leaves of long values are nodes too
    expect(pauses).toBeGreaterThanOrEqual(Math.floor(inner / 256));
    expect(pauses).toBeGreaterThan(2);
  });
});
