/**
 * A client's own look at finality: it follows the chain's headers with the light client that workers use, from an anchor of its own, and confirms that the block a worker
 * claims final is the one it has proven itself. It costs as many headers as the chain has made since the anchor, so the anchor should be a recent checkpoint.
 *
 * Without it a client trusts the attested code to have followed finality, which is what attestation is for. With it, a worker that was shown a forged chain, or whose
 * enclave was broken, cannot pass that chain's state for the real one's. Of a parachain's worker the relay chain's finality would have to be followed: not supported.
 */
import { equal, toHex } from "@pruntime/core/bytes";
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import { type HeaderBatch, type LightClient, verifyHeaders } from "@pruntime/core/light-client";
import { ClientError } from "../error.ts";

/** Brings headers; nothing it brings is believed. */
export interface HeaderSource {
  /** Consecutive headers from just above block `number`, and a justification of the last; `undefined` when it has none. */
  readonly after: (number: number) => Promise<HeaderBatch | undefined>;
}

/** A block that somebody calls final. */
export interface ClaimedBlock {
  readonly number: number;
  readonly hash: Uint8Array;
}

/** Confirms claims of finality. */
export type ConfirmFinality = (genesisHash: Uint8Array, claim: ClaimedBlock) => Promise<void>;

/** How many of the last final blocks are remembered: claims about older ones cannot be confirmed. */
const remembered = 4096;

/** @param start what is trusted: from a checkpoint or a genesis, by core's `startFromCheckpoint` or `startFromGenesis` */
export function followFinality(
  start: LightClient,
  source: HeaderSource,
  crypto: Crypto = portableCrypto,
): ConfirmFinality {
  const follower = new Follower(crypto, start, source);
  return (genesisHash, claim) => follower.confirm(genesisHash, claim);
}

class Follower {
  readonly #crypto: Crypto;
  readonly #source: HeaderSource;
  readonly #hashes = new Map<number, Uint8Array>();
  #client: LightClient;
  /** Claims wait for each other, so that no header is fetched twice. */
  #turn: Promise<void> = Promise.resolve();

  constructor(crypto: Crypto, start: LightClient, source: HeaderSource) {
    this.#crypto = crypto;
    this.#source = source;
    this.#client = start;
    this.#hashes.set(start.finalized.number, start.finalized.hash);
  }

  confirm(genesisHash: Uint8Array, claim: ClaimedBlock): Promise<void> {
    const confirmed = this.#turn.then(() => this.#confirm(genesisHash, claim));
    this.#turn = confirmed.catch(() => undefined);
    return confirmed;
  }

  async #confirm(genesisHash: Uint8Array, { number, hash }: ClaimedBlock): Promise<void> {
    if (!equal(genesisHash, this.#client.genesisHash)) throw new ClientError({ code: "client/wrong-chain" });
    while (this.#client.finalized.number < number) await this.#advance(number);
    const own = this.#hashes.get(number);
    if (own === undefined) throw new ClientError({ code: "client/finality-unknown", number });
    if (!equal(own, hash))
      throw new ClientError({ code: "client/not-final", number, have: toHex(hash), want: toHex(own) });
  }

  async #advance(towards: number): Promise<void> {
    const batch = await this.#source.after(this.#client.finalized.number);
    const { finalized, next } =
      batch === undefined ? nothing(this.#client) : verifyHeaders(this.#crypto, this.#client, batch);
    if (finalized.length === 0) throw new ClientError({ code: "client/finality-unknown", number: towards });
    this.#client = next;
    for (const { number, hash } of finalized) {
      this.#hashes.set(number, hash);
      this.#hashes.delete(number - remembered);
    }
  }
}

function nothing(next: LightClient): ReturnType<typeof verifyHeaders> {
  return { finalized: [], next };
}
