/**
 * The state root: a trie of MAC(path) → MAC(leaf) over all entries. Paths and leaves have a key each, derived
 * from the state key, and a leaf covers its path, so that two MACs of one state are never equal. A reader
 * without the key learns from the root only that state changed. Workers with the same key and state have the
 * same root, in whatever order or batches the state came about.
 *
 * A leaf is `0x00 ‖ length of path u32 LE ‖ path ‖ value`.
 */
import { utf8 } from "@pruntime/core/bytes";
import { type Crypto, hkdfExpand } from "@pruntime/core/crypto";
import { Writer } from "@pruntime/core/scale";
import { Trie, type TrieParameters } from "@pruntime/core/trie";
import { ExecutorError } from "../error.ts";
import { fromBinary } from "./binary.ts";

/** An entry's new value, or `undefined` where it is deleted. Paths are binary text. */
type Change = readonly [path: string, value: Uint8Array | undefined];

const pathLabel = utf8("pruntime/state-path/1");
const leafLabel = utf8("pruntime/state-leaf/1");
const leafTag = 0;

/** Commits to state under one key. */
export class Commitment {
  readonly #parameters: TrieParameters;
  readonly #macOfPath: (path: Uint8Array) => Uint8Array;
  readonly #macOfLeaf: (leaf: Uint8Array) => Uint8Array;

  /** @throws {@link ExecutorError} `executor/bad-state-key` */
  constructor(crypto: Crypto, stateKey: Uint8Array) {
    if (stateKey.length !== 32)
      throw new ExecutorError({ code: "executor/bad-state-key", length: stateKey.length });
    const macUnder = (label: Uint8Array): ((data: Uint8Array) => Uint8Array) => {
      const key = hkdfExpand(crypto, stateKey, label, 32);
      return (data) => crypto.hmacSha256(key, data);
    };
    this.#parameters = { hash: crypto.blake2b256, version: 0 };
    this.#macOfPath = macUnder(pathLabel);
    this.#macOfLeaf = macUnder(leafLabel);
  }

  /** The commitment to a whole state. */
  of(entries: Iterable<readonly [path: string, value: Uint8Array]>): Trie {
    return Trie.from(this.#parameters, this.#commit(entries));
  }

  /** The commitment after these changes. It costs what they are, not what is stored. */
  after(before: Trie, changes: Iterable<Change>): Trie {
    return before.apply(this.#commit(changes));
  }

  *#commit<V extends Uint8Array | undefined>(
    entries: Iterable<readonly [string, V]>,
  ): Generator<readonly [Uint8Array, Uint8Array | V]> {
    for (const [text, value] of entries) {
      const path = fromBinary(text);
      yield [this.#macOfPath(path), value && this.#macOfLeaf(leafOf(path, value))];
    }
  }
}

/** The length keeps a path apart from its value: the same bytes, split elsewhere, are another leaf. */
function leafOf(path: Uint8Array, value: Uint8Array): Uint8Array {
  return new Writer().u8(leafTag).u32(path.length).raw(path).raw(value).finish();
}
