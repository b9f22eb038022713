import { build, type Entry, sortEntries } from "./build.ts";
import { find, put, remove } from "./edit.ts";
import { TrieError } from "./error.ts";
import { firstDifference, nibbleAt } from "./nibbles.ts";
import { encodingOf, isHashed, rootHash, type TrieNode, type TrieParameters } from "./node.ts";
import { emptyNode, hashLength, mostNibbles } from "./node-codec.ts";
import { walk } from "./walk.ts";

/**
 * A state trie that never changes: an edit gives another trie which shares all it can with the first. Hashes are computed when a
 * root is asked for and kept with their nodes, so the root after k changes costs k paths, whatever the size of the state.
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

  /** Built in one pass over the sorted entries; of equal keys the last counts. @throws {@link TrieError} `trie/key-too-long` */
  static from(parameters: TrieParameters, entries: Iterable<Entry>): Trie {
    const own: Entry[] = [];
    for (const [key, value] of entries) own.push([ownKey(key), value.slice()]);
    return new Trie(parameters, build(sortEntries(own)));
  }

  /** 32 bytes. */
  get root(): Uint8Array {
    return rootHash(this.#parameters, this.#root).slice();
  }

  /** A view of what is stored: not to be written to. */
  get(key: Uint8Array): Uint8Array | undefined {
    return find(this.#root, key);
  }

  /** @throws {@link TrieError} `trie/key-too-long` */
  set(key: Uint8Array, value: Uint8Array): Trie {
    return this.#with(put(this.#root, ownKey(key), value.slice()));
  }

  delete(key: Uint8Array): Trie {
    return this.#with(remove(this.#root, key));
  }

  /** Makes the changes in order; an `undefined` value deletes. @throws {@link TrieError} `trie/key-too-long` */
  apply(changes: Iterable<readonly [Uint8Array, Uint8Array | undefined]>): Trie {
    let root = this.#root;
    for (const [key, value] of changes)
      root = value === undefined ? remove(root, key) : put(root, ownKey(key), value.slice());
    return this.#with(root);
  }

  /** In key order. @param after exclusive start, itself there or not */
  *entries(prefix: Uint8Array = new Uint8Array(), after?: Uint8Array): Generator<Entry> {
    for (const node of walk(this.#root, prefix, after)) yield [node.key, node.value as Uint8Array];
  }

  /**
   * The nodes that show what is at each key, or that nothing is: the root first, then as the way to the keys meets them, none twice.
   * In version 1 the values that stand in their nodes as hashes are among them.
   */
  prove(keys: readonly Uint8Array[]): Uint8Array[] {
    const p = this.#parameters;
    if (this.#root === undefined) return [emptyNode.slice()];
    const proof = new Map([[mapKey(this.root), encodingOf(p, this.#root)]]);
    for (const key of keys) {
      for (const node of passedBy(this.#root, key)) {
        const reference = node.reference as Uint8Array; // the root settled all
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

/** The nodes on the way to a key, ending with the one that holds it or shows that nothing does. */
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

/** A hash as a `Map`'s key, which compares byte strings by identity only: two bytes to the character. */
function mapKey(hash: Uint8Array): string {
  let text = "";
  for (let i = 0; i < hash.length; i += 2)
    text += String.fromCharCode(((hash[i] as number) << 8) | (hash[i + 1] ?? 0));
  return text;
}
