import { equal } from "../bytes/index.ts";
import { complete, forEach, type Work } from "../work/index.ts";
import { build, type Entry, sortEntries } from "./build.ts";
import { find, put, remove } from "./edit.ts";
import { TrieError } from "./error.ts";
import { firstDifference, nibbleAt } from "./nibbles.ts";
import {
  type Child,
  encodingOf,
  isHashed,
  nodesPerUnit,
  rootWork,
  type TrieNode,
  type TrieParameters,
} from "./node.ts";
import { emptyNode, HashedChild, hashLength, mostNibbles } from "./node-codec.ts";
import { inMemory, type Nodes, Retired, type StoredNodes } from "./nodes.ts";
import { walk } from "./walk.ts";

/**
 * An immutable state trie. An edit returns a new trie, which shares all unchanged nodes with the original.
 * Hashes are computed when a root is requested, and each node caches its own hash. Computing the root after k
 * changes therefore hashes only the nodes on the paths to k keys, whatever the size of the state.
 * @see https://spec.polkadot.network/chap-state#sect-state-storage
 */
export class Trie {
  readonly #parameters: TrieParameters;
  /** The nodes that are not in memory; `undefined` if all are. */
  readonly #stored: StoredNodes | undefined;
  /** The stored nodes that edits removed. */
  #retired: Retired | undefined;
  #root: Child;

  private constructor(parameters: TrieParameters, root: Child, stored?: StoredNodes, retired?: Retired) {
    this.#parameters = parameters;
    this.#root = root;
    this.#stored = stored;
    this.#retired = retired;
  }

  static empty(parameters: TrieParameters): Trie {
    return new Trie(parameters, undefined);
  }

  /** The stored trie, of version 0, with this root; without a root, an empty one. */
  static over(stored: StoredNodes, root?: Uint8Array): Trie {
    const parameters = { hash: stored.hash, version: 0 } as const;
    const isEmpty = root === undefined || equal(root, stored.hash(emptyNode));
    return new Trie(parameters, isEmpty ? undefined : new HashedChild(root.slice(), 0), stored);
  }

  /**
   * Builds a trie in one pass over the sorted entries. Of entries with equal keys, only the last is kept.
   * @throws {@link TrieError} `trie/key-too-long`
   */
  static from(parameters: TrieParameters, entries: Iterable<Entry>): Trie {
    const own: Entry[] = [];
    for (const [key, value] of entries) own.push([ownKey(key), value.slice()]);
    return new Trie(parameters, build(sortEntries(own)));
  }

  /** The root hash, 32 bytes. */
  get root(): Uint8Array {
    return complete(this.settling()).slice();
  }

  /** Computes the root hash in units, so that {@link root} then returns it without any work. */
  settling(): Work<Uint8Array> {
    return rootWork(this.#parameters, this.#root, this.#stored !== undefined);
  }

  /** Returns the stored value at `key`, or `undefined`. The caller must not write to the returned bytes. */
  get(key: Uint8Array): Uint8Array | undefined {
    return find(this.#nodes, this.#top, key);
  }

  /**
   * Returns this trie with `value` at `key`.
   * @throws {@link TrieError} `trie/key-too-long`
   */
  set(key: Uint8Array, value: Uint8Array): Trie {
    return this.apply([[key, value]]);
  }

  delete(key: Uint8Array): Trie {
    return this.apply([[key, undefined]]);
  }

  /**
   * Applies changes in order. An `undefined` value deletes the key.
   * @throws {@link TrieError} `trie/key-too-long`
   */
  apply(changes: Iterable<readonly [Uint8Array, Uint8Array | undefined]>): Trie {
    return complete(this.applying(changes));
  }

  /** Applies changes as {@link apply} does, in units. */
  *applying(changes: Iterable<readonly [Uint8Array, Uint8Array | undefined]>): Work<Trie> {
    const retired = this.#stored && new Retired(this.#stored, this.#retired);
    const nodes = retired ?? inMemory;
    let root = this.#top;
    yield* forEach(changes, nodesPerUnit, ([key, value]) => {
      root = value === undefined ? remove(nodes, root, key) : put(nodes, root, ownKey(key), value.slice());
    });
    return root === this.#top ? this : new Trie(this.#parameters, root, this.#stored, retired);
  }

  /**
   * The entries in key order.
   * @param after start after this key, whether or not the trie contains it
   */
  *entries(prefix: Uint8Array = new Uint8Array(), after?: Uint8Array): Generator<Entry> {
    for (const node of walk(this.#nodes, this.#top, prefix, after))
      yield [node.key, node.value as Uint8Array];
  }

  /**
   * Returns the encoded nodes on the paths to the keys, the root first. The nodes prove the value of each
   * key, or that the key has no value. Each node occurs once, and inlined nodes occur only inside their
   * parents. In version 1, if a node stores only the hash of a key's value, the proof also contains the
   * value.
   */
  prove(keys: readonly Uint8Array[]): Uint8Array[] {
    const p = this.#parameters;
    const top = this.#top;
    if (top === undefined) return [emptyNode.slice()];
    const proof = new Map([[mapKey(this.root), encodingOf(p, top)]]);
    for (const key of keys) {
      for (const node of passedBy(this.#nodes, top, key)) {
        const reference = node.reference as Uint8Array; // computing the root has set all references
        const name = mapKey(reference);
        if (reference.length === hashLength && !proof.has(name)) proof.set(name, encodingOf(p, node));
      }
      const value = this.get(key);
      if (value !== undefined && isHashed(p, value)) proof.set(mapKey(p.hash(value)), value.slice());
    }
    return [...proof.values()];
  }

  /**
   * Changes the store in units, so that it has the nodes of this trie, whose root must be computed. The store
   * must have those of the trie that was stored last, from which edits made this one.
   */
  *storing(): Work<void> {
    const [stored, top] = [this.#stored, this.#top];
    if (stored === undefined) return;
    yield* stored.writing(top, this.#retired);
    this.#retired = undefined;
    yield* stored.tidying(top);
  }

  get #nodes(): Pick<Nodes, "child"> {
    return this.#stored ?? inMemory;
  }

  get #top(): TrieNode | undefined {
    if (this.#root instanceof HashedChild) this.#root = this.#stored?.top(this.#root);
    return this.#root;
  }
}

/** The nodes on the path to a key. The last node has the key, or shows that the key is absent. */
function* passedBy(nodes: Pick<Nodes, "child">, root: TrieNode, key: Uint8Array): Generator<TrieNode> {
  const length = 2 * key.length;
  let node: TrieNode | undefined = root;
  while (node !== undefined) {
    yield node;
    if (node.end >= length || firstDifference(node.path, key, node.start, node.end) < node.end) return;
    node = nodes.child(node, nibbleAt(key, node.end));
  }
}

function ownKey(key: Uint8Array): Uint8Array {
  if (2 * key.length > mostNibbles) throw new TrieError({ code: "trie/key-too-long", length: key.length });
  return key.slice();
}

/**
 * A hash as a `Map` key, two bytes to a character, because a `Map` compares byte strings only by identity.
 */
function mapKey(hash: Uint8Array): string {
  let text = "";
  for (let i = 0; i < hash.length; i += 2)
    text += String.fromCharCode(((hash[i] as number) << 8) | (hash[i + 1] ?? 0));
  return text;
}
