import { complete, forEach, type Work } from "../work/index.ts";
import { build, type Entry, sortEntries } from "./build.ts";
import { find, put, remove } from "./edit.ts";
import { TrieError } from "./error.ts";
import { firstDifference, nibbleAt } from "./nibbles.ts";
import { encodingOf, isHashed, nodesPerUnit, rootWork, type TrieNode, type TrieParameters } from "./node.ts";
import { emptyNode, hashLength, mostNibbles } from "./node-codec.ts";
import { walk } from "./walk.ts";

/**
 * An immutable state trie. An edit returns a new trie, which shares all unchanged nodes with the original.
 * Hashes are computed when a root is requested, and each node caches its own hash. Computing the root after k
 * changes therefore hashes only the nodes on the paths to k keys, whatever the size of the state.
 * @see https://spec.polkadot.network/chap-state#sect-state-storage
 */
export class Trie {
  readonly #parameters: TrieParameters;
  readonly #root: TrieNode | undefined;

  private constructor(parameters: TrieParameters, root: TrieNode | undefined) {
    this.#parameters = parameters;
    this.#root = root;
  }

  static empty(parameters: TrieParameters): Trie {
    return new Trie(parameters, undefined);
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
    return rootWork(this.#parameters, this.#root);
  }

  /** Returns the stored value at `key`, or `undefined`. The caller must not write to the returned bytes. */
  get(key: Uint8Array): Uint8Array | undefined {
    return find(this.#root, key);
  }

  /**
   * Returns this trie with `value` at `key`.
   * @throws {@link TrieError} `trie/key-too-long`
   */
  set(key: Uint8Array, value: Uint8Array): Trie {
    return this.#with(put(this.#root, ownKey(key), value.slice()));
  }

  delete(key: Uint8Array): Trie {
    return this.#with(remove(this.#root, key));
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
    let root = this.#root;
    yield* forEach(changes, nodesPerUnit, ([key, value]) => {
      root = value === undefined ? remove(root, key) : put(root, ownKey(key), value.slice());
    });
    return this.#with(root);
  }

  /**
   * The entries in key order.
   * @param after start after this key, whether or not the trie contains it
   */
  *entries(prefix: Uint8Array = new Uint8Array(), after?: Uint8Array): Generator<Entry> {
    for (const node of walk(this.#root, prefix, after)) yield [node.key, node.value as Uint8Array];
  }

  /**
   * Returns the encoded nodes on the paths to the keys, the root first. The nodes prove the value of each
   * key, or that the key has no value. Each node occurs once, and inlined nodes occur only inside their
   * parents. In version 1, if a node stores only the hash of a key's value, the proof also contains the
   * value.
   */
  prove(keys: readonly Uint8Array[]): Uint8Array[] {
    const p = this.#parameters;
    if (this.#root === undefined) return [emptyNode.slice()];
    const proof = new Map([[mapKey(this.root), encodingOf(p, this.#root)]]);
    for (const key of keys) {
      for (const node of passedBy(this.#root, key)) {
        const reference = node.reference as Uint8Array; // computing the root has set all references
        const name = mapKey(reference);
        if (reference.length === hashLength && !proof.has(name)) proof.set(name, encodingOf(p, node));
      }
      const value = this.get(key);
      if (value !== undefined && isHashed(p, value)) proof.set(mapKey(p.hash(value)), value.slice());
    }
    return [...proof.values()];
  }

  #with(root: TrieNode | undefined): Trie {
    return root === this.#root ? this : new Trie(this.#parameters, root);
  }
}

/** The nodes on the path to a key. The last node has the key, or shows that the key is absent. */
function* passedBy(root: TrieNode, key: Uint8Array): Generator<TrieNode> {
  const length = 2 * key.length;
  let node: TrieNode | undefined = root;
  while (node !== undefined) {
    yield node;
    if (node.end >= length || firstDifference(node.path, key, node.start, node.end) < node.end) return;
    node = node.children[nibbleAt(key, node.end)];
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
