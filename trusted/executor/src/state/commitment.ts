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
import type { Trie } from "@pruntime/core/trie";
import type { Work } from "@pruntime/core/work";
import { ExecutorError } from "../error.ts";
import { putBinary } from "./binary.ts";
import { Recent } from "./recent.ts";

/** The path of an entry (binary text), and its new value; `undefined` if the entry is deleted. */
type Change = readonly [path: string, value: Uint8Array | undefined];

const pathLabel = utf8("pruntime/state-path/1");
const leafLabel = utf8("pruntime/state-leaf/1");
const leafTag = 0;
/**
 * The MACs of paths that are remembered.
 * @limit bytes
 * @source chosen: those of some ten thousand entries; a small part of the smallest heap
 * @past the MAC is computed again
 */
const keysBytes = 4 << 20;
/** What a remembered MAC needs besides its path, in bytes (measured). */
const keyOverhead = 256;
/** The offset of the path in a leaf. The path follows the tag and the length of the path. */
const pathStart = 5;

/** Computes commitments to states with one key. */
export class Commitment {
  readonly #macOfPath: (path: Uint8Array) => Uint8Array;
  /** The MACs of the paths that changed last. */
  readonly #keys = new Recent<Uint8Array>(keysBytes);
  readonly #macOfLeaf: (leaf: Uint8Array) => Uint8Array;

  /** @throws {@link ExecutorError} `executor/bad-state-key` */
  constructor(crypto: Crypto, stateKey: Uint8Array) {
    if (stateKey.length !== 32)
      throw new ExecutorError({ code: "executor/bad-state-key", length: stateKey.length });
    const macUnder = (label: Uint8Array): ((data: Uint8Array) => Uint8Array) => {
      const key = hkdfExpand(crypto, stateKey, label, 32);
      return (data) => crypto.hmacSha256(key, data);
    };
    this.#macOfPath = macUnder(pathLabel);
    this.#macOfLeaf = macUnder(leafLabel);
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
      yield [this.#keyOf(path, leaf), value && this.#macOfLeaf(leaf)];
    }
  }

  /** The MAC of the path of a leaf. */
  #keyOf(path: string, leaf: Uint8Array): Uint8Array {
    const known = this.#keys.get(path);
    if (known !== undefined) return known;
    const key = this.#macOfPath(leaf.subarray(pathStart, pathStart + path.length));
    this.#keys.put(path, key, keyOverhead + path.length);
    return key;
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
