/**
 * The state root: the root of a trie that maps MAC(path) to MAC(leaf) for all entries. Paths and leaves have
 * separate keys, derived from the state key. A leaf includes its path, so all MACs in a state are different.
 * Without the key, the root reveals only that the state changed. Workers with the same key and state have the
 * same root, whatever the order of the changes and their division into batches.
 *
 * A leaf is `0x00 ‖ length of path u32 LE ‖ path ‖ value`.
 */
import { utf8 } from "@pruntime/core/bytes";
import { type Crypto, hkdfExpand } from "@pruntime/core/crypto";
import { Reader } from "@pruntime/core/scale";
import { Trie, type TrieParameters } from "@pruntime/core/trie";
import { complete, type Work } from "@pruntime/core/work";
import { ExecutorError } from "../error.ts";
import { putBinary } from "./binary.ts";

/** The path of an entry (binary text), and its new value; `undefined` if the entry is deleted. */
type Change = readonly [path: string, value: Uint8Array | undefined];

const pathLabel = utf8("pruntime/state-path/1");
const leafLabel = utf8("pruntime/state-leaf/1");
const seedLabel = utf8("pruntime/state-seed/1");
const leafTag = 0;
/** The offset of the path in a leaf. The path follows the tag and the length of the path. */
const pathStart = 5;

/** Computes commitments to states with one key. */
export class Commitment {
  /** A number that only holders of the state key know. It has no effect on roots. */
  readonly seed: number;
  readonly #parameters: TrieParameters;
  readonly #macOfPath: (path: Uint8Array) => Uint8Array;
  readonly #macOfLeaf: (leaf: Uint8Array) => Uint8Array;

  /** @throws {@link ExecutorError} `executor/bad-state-key` */
  constructor(crypto: Crypto, stateKey: Uint8Array) {
    if (stateKey.length !== 32)
      throw new ExecutorError({ code: "executor/bad-state-key", length: stateKey.length });
    this.seed = new Reader(hkdfExpand(crypto, stateKey, seedLabel, 4)).u32();
    const macUnder = (label: Uint8Array): ((data: Uint8Array) => Uint8Array) => {
      const key = hkdfExpand(crypto, stateKey, label, 32);
      return (data) => crypto.hmacSha256(key, data);
    };
    this.#parameters = { hash: crypto.blake2b256, version: 0 };
    this.#macOfPath = macUnder(pathLabel);
    this.#macOfLeaf = macUnder(leafLabel);
  }

  /** Commits to a whole state. */
  of(entries: Iterable<Change>): Trie {
    return this.after(Trie.empty(this.#parameters), entries);
  }

  /** Updates a commitment. The cost depends on the number of changes, not on the size of the state. */
  after(before: Trie, changes: Iterable<Change>): Trie {
    return complete(this.afterWork(before, changes));
  }

  /** Updates a commitment, and computes the root, in units. */
  *afterWork(before: Trie, changes: Iterable<Change>): Work<Trie> {
    const trie = yield* this.applyingWork(before, changes);
    yield;
    yield* trie.settling();
    return trie;
  }

  /** Updates a commitment in units, and leaves the root to be computed after further updates. */
  applyingWork(before: Trie, changes: Iterable<Change>): Work<Trie> {
    return before.applying(this.#commit(changes));
  }

  *#commit(changes: Iterable<Change>): Generator<readonly [Uint8Array, Uint8Array | undefined]> {
    for (const [path, value] of changes) {
      const leaf = leafOf(path, value);
      const pathBytes = leaf.subarray(pathStart, pathStart + path.length);
      yield [this.#macOfPath(pathBytes), value && this.#macOfLeaf(leaf)];
    }
  }
}

/**
 * Makes the leaf of an entry in a single allocation, because every entry of a state needs a leaf. For a
 * deleted entry, the value is empty. The length of the path is part of the leaf, so that moving bytes from
 * the value to the path gives a different leaf.
 */
function leafOf(path: string, value: Uint8Array = new Uint8Array()): Uint8Array {
  const leaf = new Uint8Array(pathStart + path.length + value.length);
  leaf[0] = leafTag;
  for (let i = 0; i < 4; i++) leaf[1 + i] = path.length >>> (8 * i);
  putBinary(leaf, pathStart, path);
  leaf.set(value, pathStart + path.length);
  return leaf;
}
