import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { compare, concat, toHex } from "../../src/bytes/index.ts";
import { Trie, type TrieError } from "../../src/trie/index.ts";
import * as states from "./states.ts";

const {
  anyChanges,
  anyEntries,
  anyKey,
  anyVersion,
  chainLike,
  filled,
  key,
  noise,
  offsetView,
  parameters,
  peerRoot,
  rootOf,
} = states;
const emptyRoot = "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314";

/** The expected entries of a trie after the changes, in key order, as computed with a plain map. */
function model(...batches: readonly (readonly states.Change[])[]): states.Entry[] {
  const map = new Map<string, states.Entry>();
  for (const [k, v] of batches.flat()) {
    if (v === undefined) map.delete(toHex(k));
    else map.set(toHex(k), [k, v]);
  }
  return [...map.values()].sort(([a], [b]) => compare(a, b));
}

describe("Trie.root", () => {
  it("of no entries is the hash of the empty node", () => {
    for (const version of states.versions)
      expect(toHex(Trie.empty(parameters(version)).root)).toBe(emptyRoot);
    expect(rootOf(0, [])).toBe(emptyRoot);
  });

  it("is a hash even if the root node is shorter than a hash", () => {
    expect(rootOf(0, [[key("01"), key("02")]])).toBe(toHex(states.hash(key("42010402"))));
  });

  it("is a copy that the caller may change", () => {
    const trie = Trie.from(parameters(0), chainLike(3));
    const before = toHex(trie.root);
    trie.root.fill(0);
    expect(toHex(trie.root)).toBe(before);
  });

  it.each(states.versions)("equals smoldot's root for random tries, version %i", async (version) => {
    const run = fc.asyncProperty(anyEntries, async (entries) => {
      expect(rootOf(version, entries)).toBe(await peerRoot(version, entries));
    });
    await fc.assert(run, { numRuns: 150 });
  });

  it.each(states.versions)(
    "equals smoldot's root for a chain-like state and long keys, version %i",
    async (version) => {
      const long = [62, 63, 64, 65, 318, 319, 320].map(
        (nibbles) => [noise(nibbles, nibbles), noise("v", nibbles)] as const,
      );
      const entries = [...chainLike(500), ...long, [noise(62, 62).subarray(0, 31), key("01")] as const];
      expect(rootOf(version, entries)).toBe(await peerRoot(version, entries));
    },
  );

  it("differs between the versions for values of 33 bytes or more", () => {
    const roots = (length: number) =>
      states.versions.map((version) => rootOf(version, [[key("01"), filled(length)]]));
    expect(new Set(roots(32)).size).toBe(1);
    expect(new Set(roots(33)).size).toBe(2);
  });
});

describe("Trie.from", () => {
  it("gives the same root for the same entries in any order", () => {
    fc.assert(
      fc.property(
        anyVersion,
        fc.uniqueArray(fc.tuple(anyKey, states.anyValue), { selector: ([k]) => toHex(k) }),
        (version, entries) => {
          const sorted = [...entries].sort(([a], [b]) => compare(a, b));
          expect(rootOf(version, [...entries].reverse())).toBe(rootOf(version, sorted));
        },
      ),
    );
  });

  it("uses the last value if a key occurs twice", () => {
    const entries = [
      [key("01"), key("aa")],
      [key("00"), key("bb")],
      [key("01"), key("cc")],
    ] as const;
    expect([...Trie.from(parameters(0), entries).entries()].map(([, v]) => toHex(v))).toEqual(["bb", "cc"]);
  });

  it("copies its input", () => {
    const [k, v] = [key("0102"), key("0304")];
    const trie = Trie.from(parameters(0), [[k, v]]).set(k.subarray(0, 1), v);
    const [from, set] = [toHex(trie.root), trie.set(k, v)];
    k.fill(0xff);
    v.fill(0xff);
    expect(toHex(trie.get(key("0102")) ?? k)).toBe("0304");
    expect([from, toHex(set.root)]).toEqual([
      rootOf(0, [
        [key("01"), key("0304")],
        [key("0102"), key("0304")],
      ]),
      rootOf(0, [
        [key("01"), key("0304")],
        [key("0102"), key("0304")],
      ]),
    ]);
  });

  it("reads offset views", () => {
    const entries = chainLike(40);
    expect(
      rootOf(
        1,
        entries.map(([k, v]) => [offsetView(k), offsetView(v)] as const),
      ),
    ).toBe(rootOf(1, entries));
  });
});

describe("set, delete and apply", () => {
  it("give the same state and root as building the trie from scratch", () => {
    fc.assert(
      fc.property(anyVersion, anyEntries, anyChanges, (version, entries, changes) => {
        const trie = Trie.from(parameters(version), entries).apply(changes);
        const expected = model(entries, changes);
        expect([...trie.entries()]).toEqual(expected);
        expect(toHex(trie.root)).toBe(rootOf(version, expected));
        for (const [k] of [...entries, ...changes]) {
          expect(trie.get(k)).toEqual(expected.find(([other]) => compare(other, k) === 0)?.[1]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("one by one have the same effect as apply", () => {
    fc.assert(
      fc.property(anyEntries, anyChanges, (entries, changes) => {
        const start = Trie.from(parameters(1), entries);
        let trie = start;
        for (const [k, v] of changes) trie = v === undefined ? trie.delete(k) : trie.set(k, v);
        expect(toHex(trie.root)).toBe(toHex(start.apply(changes).root));
      }),
    );
  });

  it("do not change the trie that they start from, whether its hashes are computed or not", () => {
    fc.assert(
      fc.property(anyEntries, anyChanges, fc.boolean(), (entries, changes, settled) => {
        const start = Trie.from(parameters(0), entries);
        if (settled) start.root;
        start.apply(changes).root;
        expect([...start.entries()]).toEqual(model(entries));
        expect(toHex(start.root)).toBe(rootOf(0, entries));
      }),
    );
  });

  it("return the same trie if nothing changes", () => {
    const trie = Trie.from(parameters(0), chainLike(20));
    const [[k, v]] = chainLike(20) as [states.Entry];
    expect(trie.set(k, v)).toBe(trie);
    expect(trie.delete(key("00"))).toBe(trie);
    expect(trie.delete(k.subarray(0, 32))).toBe(trie);
    expect(trie.delete(concat(k, key("00")))).toBe(trie);
    expect(trie.apply([])).toBe(trie);
  });

  it("turn a branch that loses its last child into a leaf", () => {
    const trie = Trie.from(parameters(0), [
      [key("01"), key("aa")],
      [key("0102"), key("bb")],
    ]).delete(key("0102"));
    expect(toHex(trie.root)).toBe(rootOf(0, [[key("01"), key("aa")]]));
  });

  it("reach the empty trie again", () => {
    const entries = chainLike(50);
    const emptied = Trie.from(parameters(1), entries).apply(entries.map(([k]) => [k, undefined] as const));
    expect(toHex(emptied.root)).toBe(emptyRoot);
    expect([...emptied.entries()]).toEqual([]);
    expect(emptied.get(key(""))).toBeUndefined();
  });

  it("hash only the changed paths, for a state of any size", () => {
    const hashes = (size: number): number => {
      const hash = vi.fn(states.hash);
      const entries = Array.from({ length: size }, (_, i) => [noise(i), noise(-i)] as const);
      const trie = Trie.from({ hash, version: 0 }, entries);
      trie.root;
      hash.mockClear();
      trie.apply([0, 1, 2].map((i) => [noise(i), key("01")] as const)).root;
      return hash.mock.calls.length;
    };
    expect(hashes(4000)).toBeLessThanOrEqual(hashes(200) + 3 * 3); // one more level
    expect(hashes(4000)).toBeLessThanOrEqual(3 * 6);
  });

  it("the root is hashed once even if it is read twice", () => {
    const hash = vi.fn(states.hash);
    const trie = Trie.from({ hash, version: 0 }, chainLike(100));
    trie.root;
    const once = hash.mock.calls.length;
    trie.root;
    expect(hash.mock.calls.length).toBe(once);
  });

  it("trie/key-too-long", () => {
    const tooLong = filled(32_768);
    const error = expect.objectContaining({
      detail: { code: "trie/key-too-long", length: 32_768 } satisfies TrieError["detail"],
    });
    const trie = Trie.empty(parameters(0));
    expect(() => trie.set(tooLong, key(""))).toThrow(error);
    expect(() => trie.apply([[tooLong, key("")]])).toThrow(error);
    expect(() => Trie.from(parameters(0), [[tooLong, key("")]])).toThrow(error);
    expect(trie.delete(tooLong)).toBe(trie);
    expect(trie.set(tooLong.subarray(1), key("01")).get(tooLong)).toBeUndefined();
  });
});

describe("Trie.entries", () => {
  it("lists the entries with the prefix, in order, after the given key", () => {
    fc.assert(
      fc.property(anyEntries, anyKey, fc.option(anyKey, { nil: undefined }), (entries, prefix, after) => {
        const listed = [...Trie.from(parameters(0), entries).entries(prefix, after)];
        const expected = model(entries).filter(
          ([k]) => toHex(k).startsWith(toHex(prefix)) && (after === undefined || compare(k, after) > 0),
        );
        expect(listed).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it("lists a state page by page, for any page size", () => {
    const trie = Trie.from(parameters(0), chainLike(300));
    const all = [...trie.entries()];
    const paged: states.Entry[] = [];
    for (;;) {
      const page = [...trie.entries(undefined, paged.at(-1)?.[0])].slice(0, 7);
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(all);
  });
});

describe("a chain of keys, each a prefix of the next", () => {
  const depth = 6000;
  const longest = filled(depth, 0x77);
  const deep = Array.from({ length: depth }, (_, i) => [longest.subarray(0, i + 1), key("01")] as const);
  const trie = Trie.from(parameters(0), deep);

  it("is built, hashed, edited, listed and proven without running out of stack", () => {
    const last = deep.slice(-20);
    const shorter = trie.apply(last.map(([k]) => [k, undefined] as const));
    expect(toHex(shorter.root)).toBe(rootOf(0, deep.slice(0, -20)));
    expect(toHex(shorter.apply(last).root)).toBe(toHex(trie.root));
    expect(trie.get(longest)).toEqual(key("01"));
    let count = 0;
    for (const _ of trie.entries()) count++;
    expect(count).toBe(depth);
    expect(trie.prove([longest])).toHaveLength(depth - 4); // the innermost 4 are inlined
  });
});
