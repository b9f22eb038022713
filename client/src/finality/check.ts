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
import { decodeHeader } from "@pruntime/core/chain";
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import { FinalityError } from "@pruntime/core/grandpa";
import {
  type HeaderBatch,
  type LightClient,
  type RecoveryTrust,
  type SignedRecovery,
  type VerifiedBatch,
  verifyHeaders,
  verifyRecovery,
} from "@pruntime/core/light-client";
import { ClientError } from "../error.ts";

/** A source of headers. It need not be trusted, because its headers are verified. */
export interface HeaderSource {
  /**
   * Returns consecutive headers that start just above block `number`, with a justification of the last one;
   * `undefined` if the source has none.
   */
  readonly after: (number: number) => Promise<HeaderBatch | undefined>;
  /** Returns the headers `from`…`to`, which lead to the checkpoint of a recovery. Default: there are none. */
  readonly between?: (from: number, to: number) => Promise<readonly Uint8Array[]>;
}

/** Signed checkpoints that lead past forced changes, and the keys that must have signed them. */
export interface Recoveries extends RecoveryTrust {
  /** As core's `decodeRecovery` reads them from files of `pruntime recovery sign`. They are verified. */
  readonly recoveries: readonly SignedRecovery[];
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
 * @param recoveries the only way past a forced change of the authorities. Default: none
 */
export function followFinality(
  start: LightClient,
  source: HeaderSource,
  crypto: Crypto = portableCrypto,
  recoveries?: Recoveries,
): ConfirmFinality {
  const follower = new Follower(crypto, start, source, recoveries);
  const confirm = (genesisHash: Uint8Array, claim: ClaimedBlock) => follower.confirm(genesisHash, claim);
  return Object.assign(confirm, { latest: () => follower.latest });
}

class Follower {
  readonly #crypto: Crypto;
  readonly #source: HeaderSource;
  readonly #recoveries: Recoveries | undefined;
  readonly #hashes = new Map<number, Uint8Array>();
  #client: LightClient;
  /** Claims are confirmed one after another, so that no header is fetched twice. */
  #turn: Promise<void> = Promise.resolve();

  constructor(crypto: Crypto, start: LightClient, source: HeaderSource, recoveries?: Recoveries) {
    this.#crypto = crypto;
    this.#source = source;
    this.#recoveries = recoveries;
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
    const recovery = this.#recovery();
    const proven = await this.#proven(recovery !== undefined);
    const batch = proven ?? (recovery && (await this.#recovered(recovery)));
    if (batch === undefined || batch.next === this.#client)
      throw new ClientError({ code: "client/finality-unknown", number: towards });
    this.#client = batch.next;
    for (const { number, hash } of batch.finalized) {
      this.#hashes.set(number, hash);
      this.#hashes.delete(number - remembered);
    }
  }

  /** The recovery that replaces the current authority set. */
  #recovery(): SignedRecovery | undefined {
    const { setId } = this.#client.authorities;
    return this.#recoveries?.recoveries.find(({ replacedSetId }) => replacedSetId === setId);
  }

  /**
   * Returns the next blocks that the current authorities have proven final; `undefined` if the source has
   * none.
   * @param recoverable whether a failed proof is not an error, because a recovery leads on
   */
  async #proven(recoverable: boolean): Promise<Batch | undefined> {
    const batch = await this.#source.after(this.#client.finalized.number);
    try {
      return batch && verifyHeaders(this.#crypto, this.#client, batch);
    } catch (error) {
      if (recoverable && error instanceof FinalityError) return undefined;
      throw error;
    }
  }

  async #recovered(recovery: SignedRecovery): Promise<Batch> {
    const { finalized } = this.#client;
    const { number } = decodeHeader(recovery.checkpoint.encodedHeader);
    const [from, to] = [finalized.number + 1, number - 1];
    const headers = from > to ? [] : ((await this.#source.between?.(from, to)) ?? []);
    return verifyRecovery(this.#crypto, this.#recoveries as Recoveries, this.#client, { recovery, headers });
  }
}

type Batch = Pick<VerifiedBatch, "finalized" | "next">;
