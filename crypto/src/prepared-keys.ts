/**
 * Public keys that are ready to verify. Importing a P-256 key takes about half as long as a verification with
 * it (measured), and most keys verify again: authorities sign for thousands of blocks, and vendors' roots and
 * authorities sign every platform's evidence.
 */
import type { KeyObject } from "node:crypto";

/**
 * The prepared keys of one kind. Anyone can make the worker see new keys, so the keys that have not been used
 * for the longest time make room.
 */
export class PreparedKeys {
  readonly #most: number;
  readonly #make: (publicKey: Uint8Array) => KeyObject;
  readonly #keys = new Map<string, KeyObject>();

  /**
   * @param most how many keys are kept
   * @param make imports a key; what it throws reaches the caller of `get`, and nothing is kept
   */
  constructor(most: number, make: (publicKey: Uint8Array) => KeyObject) {
    this.#most = most;
    this.#make = make;
  }

  /** Returns the prepared key, and imports it if it is not kept. */
  get(publicKey: Uint8Array): KeyObject {
    const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString("latin1");
    const key = this.#keys.get(name) ?? this.#make(publicKey);
    this.#keys.delete(name);
    this.#keys.set(name, key); // the last key of the map is the one used last
    if (this.#keys.size > this.#most) this.#keys.delete(this.#keys.keys().next().value as string);
    return key;
  }

  /** How many keys are kept. */
  get size(): number {
    return this.#keys.size;
  }
}

/**
 * The keys of certificates that are kept prepared, for each kind of key.
 * @limit keys
 * @source chosen: more than the vendors' roots, platform authorities and signers of collateral
 * @past the key that was not used for the longest time is imported again when it is needed
 */
export const maxCertificateKeys = 64;
