import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex, utf8 } from "../../src/bytes/index.ts";
import { type NodeStore, StoredNodes, type StoreError, Trie } from "../../src/trie/index.ts";
import { complete } from "../../src/work/index.ts";
import { anyKey, type Change, filled, hash, key, noise, parameters } from "./states.ts";

/** A store that counts its reads. */
class Store implements NodeStore {
  readonly nodes = new Map<string, Uint8Array>();
  reads: string[] = [];

  node(name: Uint8Array): Uint8Array | undefined {
    this.reads.push(toHex(name));
    return this.nodes.get(toHex(name));
  }

  putNode(name: Uint8Array, encoding: Uint8Array): void {
    this.nodes.set(toHex(name), encoding);
  }

  dropNode(name: Uint8Array): void {
    this.nodes.delete(toHex(name));
  }

  /** The names of the nodes that can be reached from a root. */
  reachable(root: Uint8Array): string[] {
    this.reads = [];
    for (const _ of openAt(this, root).entries());
    return this.reads.toSorted();
  }

  get names(): string[] {
    return [...this.nodes.keys()].toSorted();
  }
}

const large = 1 << 20;

function openAt(store: Store, root?: Uint8Array, cacheBytes: number = large): Trie {
  return Trie.over(new StoredNodes(hash, store, cacheBytes), root);
}

function stored(trie: Trie): Trie {
  complete(trie.settling());
  complete(trie.storing());
  return trie;
}

/** A value that belongs to its key, as every value of a stored trie does. */
const valueFor = (k: Uint8Array, version: number): Uint8Array => noise(`${toHex(k)}/${version}`);

const anyBatch: fc.Arbitrary<Change[]> = fc.array(
  fc.tuple(anyKey, fc.nat(3)).map(([k, v]): Change => [k, v === 0 ? undefined : valueFor(k, v)]),
  { maxLength: 12 },
);

/** A stored trie with many entries. */
function filledStore(count: number, cacheBytes: number = large) {
  const store = new Store();
  const entries = Array.from({ length: count }, (_, i) => [noise(i), valueFor(noise(i), 1)] as const);
  const trie = stored(openAt(store, undefined, cacheBytes).apply(entries));
  return { store, trie, entries };
}

const code = (wanted: StoreError["code"]) => expect.objectContaining({ code: wanted });

describe("a stored trie", () => {
  it("is the trie in memory, and its store has exactly its nodes, for any cache and any batches", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyBatch, fc.boolean()), { maxLength: 8 }),
        fc.constantFrom(0, 4 << 10, large),
        (batches, cacheBytes) => {
          const store = new Store();
          let [ours, plain] = [openAt(store, undefined, cacheBytes), Trie.empty(parameters(0))];
          for (const [changes, isStored] of batches) {
            [ours, plain] = [ours.apply(changes), plain.apply(changes)];
            expect(ours.root).toEqual(plain.root);
            if (isStored) expect(stored(ours).root).toEqual(plain.root);
            if (isStored) expect(store.names).toEqual(store.reachable(plain.root));
            for (const [k] of changes) expect(ours.get(k)).toEqual(plain.get(k));
            expect([...ours.entries(key("01"))]).toEqual([...plain.entries(key("01"))]);
          }
          stored(ours);
          const opened = openAt(store, ours.root, cacheBytes);
          expect([...opened.entries()]).toEqual([...plain.entries()]);
          expect(opened.prove([key("0011")])).toEqual(plain.prove([key("0011")]));
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ["one batch", (trie: Trie, k: Uint8Array) => trie.set(k, valueFor(k, 2)).set(k, valueFor(k, 1))],
    ["one batch, deleted and set", (trie: Trie, k: Uint8Array) => trie.delete(k).set(k, valueFor(k, 1))],
  ])("keeps its nodes if a value is changed and changed back in %s", (_, edit) => {
    const { store, trie, entries } = filledStore(50);
    const before = new Map(store.nodes);
    stored(edit(trie, entries[7]?.[0] as Uint8Array));
    expect(store.nodes).toEqual(before);
  });

  it("has its nodes again if a value is changed in one batch and changed back in the next", () => {
    const { store, trie, entries } = filledStore(50);
    const before = new Map(store.nodes);
    const k = entries[7]?.[0] as Uint8Array;
    const changed = stored(trie.set(k, valueFor(k, 2)));
    expect(store.nodes).not.toEqual(before);
    stored(changed.set(k, valueFor(k, 1)));
    expect(store.nodes).toEqual(before);
  });

  it("does not change its store before it is stored", () => {
    const { store, trie, entries } = filledStore(50);
    const before = new Map(store.nodes);
    trie.apply(entries.slice(0, 20).map(([k]) => [k, undefined] as const)).root;
    expect(store.nodes).toEqual(before);
    stored(trie.set(key("01"), valueFor(key("01"), 1)).delete(key("01")));
    expect(store.nodes).toEqual(before);
  });

  it("can be stored without the last edit, after that edit failed", () => {
    const { store, trie, entries } = filledStore(50, 0);
    const [first, second] = entries.map(([k]) => k) as [Uint8Array, Uint8Array];
    const edited = trie.set(first, valueFor(first, 2));
    const leaf = store.names.find((name) => !pathOf(store, trie.root, first).includes(name)) as string;
    const kept = store.nodes.get(leaf) as Uint8Array;
    store.nodes.delete(leaf);
    const all = entries.map(([k]) => [k, undefined] as const);
    expect(() => edited.apply(all)).toThrow(code("store/missing-record"));
    store.nodes.set(leaf, kept);
    expect(stored(edited).get(second)).toEqual(valueFor(second, 1));
    expect(store.names).toEqual(store.reachable(edited.root));
  });

  it("reads only the nodes on the path to a key, and each once while the cache has room", () => {
    const { store, trie, entries } = filledStore(4_000);
    const opened = openAt(store, trie.root);
    const [[k, value] = []] = entries;
    store.reads = [];
    expect(opened.get(k as Uint8Array)).toEqual(value);
    expect(store.reads.length).toBeLessThanOrEqual(6);
    opened.get(k as Uint8Array);
    opened.set(k as Uint8Array, valueFor(k as Uint8Array, 2)).root;
    expect(new Set(store.reads).size).toBe(store.reads.length);
  });

  it("keeps in memory what is used again and again, and not more than fits", () => {
    const { store, trie: first } = filledStore(4_000, 400 << 10);
    let trie = first;
    trie.get(noise(0));
    for (let round = 1; round < 20; round++) {
      for (let i = 0; i < 100; i++) trie.get(noise(round * 100 + i));
      trie = stored(trie.set(noise(-round), valueFor(noise(-round), 1)));
      store.reads = [];
      trie.get(noise(0));
      expect(store.reads).toEqual([]);
    }
    for (let i = 0; i < 2_000; i++) trie.get(noise(i));
    expect(store.reads.length).toBeGreaterThan(1_000);
    for (const _ of trie.entries());
    trie = stored(trie.set(noise(0), valueFor(noise(0), 1)));
    store.reads = [];
    for (const _ of trie.entries());
    expect(store.reads.length).toBeGreaterThan(4_000);
  });

  it("is stored in units, and can be read between them", () => {
    const { trie, entries } = filledStore(1_000, 0);
    const later = trie.apply(entries.slice(0, 900).map(([k]) => [k, valueFor(k, 2)] as const));
    complete(later.settling());
    let pauses = 0;
    for (const work = later.storing(); work.next().done !== true; pauses++)
      for (const at of [0, 500, 950]) {
        const k = entries[at]?.[0] as Uint8Array;
        expect(later.get(k)).toEqual(valueFor(k, at < 900 ? 2 : 1));
      }
    expect(pauses).toBeGreaterThan((2 * 900) / 64);
  });
});

/** The names of the nodes on the path to a key. */
function pathOf(store: Store, root: Uint8Array, k: Uint8Array): readonly string[] {
  store.reads = [];
  openAt(store, root).get(k);
  return store.reads;
}

describe("a node of the store", () => {
  it("store/missing-record: that is missing, in every use", () => {
    const { store, trie, entries } = filledStore(30, 0);
    const k = entries[3]?.[0] as Uint8Array;
    const path = pathOf(store, trie.root, k);
    store.nodes.delete(path.at(-1) as string);
    const opened = openAt(store, trie.root, 0);
    const uses = [
      () => opened.get(k),
      () => opened.set(k, valueFor(k, 2)),
      () => opened.delete(k),
      () => [...opened.entries()],
      () => opened.prove([k]),
    ];
    for (const use of uses)
      expect(use).toThrow(
        expect.objectContaining({
          detail: { code: "store/missing-record", name: expect.toSatisfy((n) => toHex(n) === path.at(-1)) },
        }),
      );
    expect(() => openAt(store, hash(utf8("other"))).get(k)).toThrow(code("store/missing-record"));
  });

  it("store/missing-record: that would have to be merged with its parent", () => {
    const store = new Store();
    const pair = [key("0011"), key("0012")] as const;
    const trie = stored(openAt(store).apply(pair.map((k) => [k, valueFor(k, 1)] as const)));
    store.nodes.delete(pathOf(store, trie.root, pair[1]).at(-1) as string);
    expect(() => openAt(store, trie.root).delete(pair[0])).toThrow(code("store/missing-record"));
  });

  it("store/altered-record: that has a changed byte, or is another node", () => {
    const { store, trie, entries } = filledStore(30, 0);
    const [k, other] = [entries[3]?.[0], entries[4]?.[0]] as [Uint8Array, Uint8Array];
    const name = pathOf(store, trie.root, k).at(-1) as string;
    const genuine = store.nodes.get(name) as Uint8Array;
    const swapped = store.nodes.get(pathOf(store, trie.root, other).at(-1) as string) as Uint8Array;
    const changed = Array.from(genuine, (_, at) => genuine.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    for (const encoding of [swapped, new Uint8Array(), genuine.subarray(1), ...changed]) {
      store.nodes.set(name, encoding);
      expect(() => openAt(store, trie.root).get(k)).toThrow(code("store/altered-record"));
    }
  });

  it.each([
    ["a node inside it", 0 as const, 3],
    ["only the hash of its value", 1 as const, 40],
  ])("store/altered-record: that has %s, which no stored trie has", (_, version, length) => {
    const trie = Trie.from(parameters(version), [
      [key("0011"), filled(length)],
      [key("0012"), filled(length)],
    ]);
    const store = new Store();
    for (const node of trie.prove([key("0011")])) store.putNode(hash(node), node);
    expect(() => openAt(store, trie.root).get(key("0011"))).toThrow(code("store/altered-record"));
  });
});
