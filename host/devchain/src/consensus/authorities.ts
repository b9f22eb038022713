import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import type { Authority } from "@pruntime/core/grandpa";
import { developmentSeed } from "../accounts/derive.ts";
import { devAccounts } from "../accounts/dev-accounts.ts";
import { type Ed25519Key, ed25519Key } from "./ed25519-key.ts";

/** The number of validators in each authority set. */
const setSize = 4;

/**
 * The validators of every authority set. Set 0 is Alice to Dave. Each later set drops the first validator of
 * the previous set and adds the next development account.
 */
export class Validators {
  readonly #keys: readonly Ed25519Key[];

  constructor(crypto: Pick<Crypto, "blake2b256">) {
    this.#keys = devAccounts.map(({ name }) => ed25519Key(developmentSeed(crypto, "Ed25519HDKD", name)));
  }

  /** The key pairs of a set, in the order of its authority list. */
  keys(setId: bigint): Ed25519Key[] {
    const { length } = this.#keys;
    const start = Number(setId % BigInt(length));
    return [...this.#keys.slice(start), ...this.#keys.slice(0, start)].slice(0, setSize);
  }

  /** Signs as the validator with this public key; returns `undefined` if there is no such validator. */
  sign(id: Uint8Array, message: Uint8Array): Uint8Array | undefined {
    return this.#keys.find(({ publicKey }) => equal(publicKey, id))?.sign(message);
  }

  /** The authorities of a set, all with equal weight. */
  authorities(setId: bigint): Authority[] {
    return this.keys(setId).map(({ publicKey }) => ({ id: publicKey, weight: 1n }));
  }
}
