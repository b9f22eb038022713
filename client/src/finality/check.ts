/**
 * Confirms finality independently of the worker. The follower reads the chain's headers from its own trusted
 * start on, with the same light client that workers use. It compares the blocks that it has proven final with
 * those that the worker claims. It reads every header since that start, so the start should be a recent
 * checkpoint.
 *
 * Without a follower, a client trusts the attested code to follow finality, which is what attestation is
 * for. With a follower, a worker cannot present the state of a forged chain as the real chain's, even if its
 * host gave it a forged chain or if its enclave is compromised. Workers of parachains are not supported,
 * because the client would have to follow the relay chain's finality.
 */
import { equal, toHex } from "@pruntime/core/bytes";
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import {
  type HeaderBatch,
  type LightClient,
  type VerifiedBatch,
  verifyHeaders,
} from "@pruntime/core/light-client";
import { ClientError } from "../error.ts";

/** A source of headers. It need not be trusted, because its headers are verified. */
export interface HeaderSource {
  /**
   * Returns consecutive headers that start just above block `number`, with a justification of the last one;
   * `undefined` if the source has none.
   */
  readonly after: (number: number) => Promise<HeaderBatch | undefined>;
}

/** A block that a worker claims to be final. */
export interface ClaimedBlock {
  readonly number: number;
  readonly hash: Uint8Array;
}

/**
 * Confirms that a claimed block is final.
 * @throws {@link ClientError} `client/not-final`, `client/finality-unknown`, `client/wrong-chain`; the errors
 * of the header source and of core's `verifyHeaders`
 */
export interface ConfirmFinality {
  (genesisHash: Uint8Array, claim: ClaimedBlock): Promise<void>;
  /** Returns the latest block that is confirmed to be final, which the client's queries then name. */
  readonly latest?: () => ClaimedBlock;
}

/**
 * The number of recent final blocks that the follower remembers. Claims about older blocks cannot be
 * confirmed.
 */
const remembered = 4096;

/**
 * Follows a chain's finality from `start` and confirms claims against it.
 * @param start the trusted start, from core's `startFromCheckpoint` or `startFromGenesis`
 */
export function followFinality(
  start: LightClient,
  source: HeaderSource,
  crypto: Crypto = portableCrypto,
): ConfirmFinality {
  const follower = new Follower(crypto, start, source);
  const confirm = (genesisHash: Uint8Array, claim: ClaimedBlock) => follower.confirm(genesisHash, claim);
  return Object.assign(confirm, { latest: () => follower.latest });
}

class Follower {
  readonly #crypto: Crypto;
  readonly #source: HeaderSource;
  readonly #hashes = new Map<number, Uint8Array>();
  #client: LightClient;
  /** Claims are confirmed one after another, so that no header is fetched twice. */
  #turn: Promise<void> = Promise.resolve();

  constructor(crypto: Crypto, start: LightClient, source: HeaderSource) {
    this.#crypto = crypto;
    this.#source = source;
    this.#client = start;
    this.#hashes.set(start.finalized.number, start.finalized.hash);
  }

  get latest(): ClaimedBlock {
    return this.#client.finalized;
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

function nothing(next: LightClient): Pick<VerifiedBatch, "finalized" | "next"> {
  return { finalized: [], next };
}
