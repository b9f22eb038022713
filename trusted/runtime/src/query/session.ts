/**
 * The query key of this process, and the nonces of the queries that were answered under it. Both live only in
 * memory: a restarted worker has a new key and needs no old nonces, because it cannot open old queries.
 */
import { ephemeralKey, queryKeyId } from "@pruntime/core/channel";
import type { Crypto, P256KeyPair, Random } from "@pruntime/core/crypto";
import { type NewQuery, type NonceLimits, Nonces, nonceLimits } from "./nonces.ts";

/** A query key and its nonces. Mutable: the key changes if the nonces of one block fill the memory. */
export class QuerySession {
  readonly #crypto: Crypto;
  readonly #random: Random;
  readonly #limits: NonceLimits;
  #current: { readonly keyPair: P256KeyPair; readonly keyId: Uint8Array; readonly nonces: Nonces };

  /** Draws a query key. @throws ChannelError `channel/bad-random` */
  constructor(crypto: Crypto, random: Random, limits: NonceLimits = nonceLimits) {
    this.#crypto = crypto;
    this.#random = random;
    this.#limits = limits;
    this.#current = this.#draw();
  }

  /** The key pair to which v2 queries are sealed. */
  get keyPair(): P256KeyPair {
    return this.#current.keyPair;
  }

  /** The name of the key in a query's envelope, 8 bytes. */
  get keyId(): Uint8Array {
    return this.#current.keyId;
  }

  /** The longest life that a signed query may have now, in blocks. */
  longestLife(dispatched: number): number {
    return this.#current.nonces.longestLife(dispatched);
  }

  /**
   * Checks that a signed query may be answered.
   * @throws QueryError `query/expired`, `query/replayed`, `query/too-many`
   */
  check(dispatched: number, query: NewQuery): void {
    this.#current.nonces.check(dispatched, query);
  }

  /**
   * Remembers a signed query that {@link check} has accepted. If the nonces of the dispatched block alone
   * fill the memory, a new query key replaces the old key and all nonces. No query sealed to the old key
   * opens again.
   */
  remember(dispatched: number, query: NewQuery): void {
    if (!this.#current.nonces.remember(dispatched, query)) this.#current = this.#draw();
  }

  #draw(): { readonly keyPair: P256KeyPair; readonly keyId: Uint8Array; readonly nonces: Nonces } {
    const keyPair = ephemeralKey(this.#crypto, this.#random);
    return { keyPair, keyId: queryKeyId(this.#crypto, keyPair.publicKey), nonces: new Nonces(this.#limits) };
  }
}
