/**
 * The state root: a trie of HMAC(state key, path) → HMAC(state key, value). Who does not hold the key learns from it only that state changed;
 * who holds it, and has the same state, has the same root, whatever the order or the batches in which the state came about.
 */
import { utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { Trie, type TrieParameters } from "@pruntime/core/trie";
import { ExecutorError } from "./error.ts";

type Change = readonly [path: string, value: Uint8Array | undefined];

/** Commits to state under one key. */
export class Commitment {
  readonly #parameters: TrieParameters;
  readonly #mac: (data: Uint8Array) => Uint8Array;

  /** @throws {@link ExecutorError} `executor/bad-state-key` */
  constructor(crypto: Pick<Crypto, "blake2b256" | "hmacSha256">, stateKey: Uint8Array) {
    if (stateKey.length !== 32)
      throw new ExecutorError({ code: "executor/bad-state-key", length: stateKey.length });
    const key = stateKey.slice();
    this.#parameters = { hash: crypto.blake2b256, version: 0 };
    this.#mac = (data) => crypto.hmacSha256(key, data);
  }

  /** The commitment to a whole state. */
  of(entries: Iterable<readonly [path: string, value: Uint8Array]>): Trie {
    return Trie.from(this.#parameters, this.#commit(entries));
  }

  /** The commitment after these writes; it costs what they are, not what is stored. */
  after(before: Trie, changes: Iterable<Change>): Trie {
    return before.apply(this.#commit(changes));
  }

  *#commit<V extends Uint8Array | undefined>(
    entries: Iterable<readonly [string, V]>,
  ): Generator<readonly [Uint8Array, Uint8Array | V]> {
    for (const [path, value] of entries) yield [this.#mac(utf8(path)), value && this.#mac(value)];
  }
}
