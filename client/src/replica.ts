/**
 * A running worker, as one client sees it. The client keeps what this process has shown: its evidence, its
 * query key and its latest block. It checks every reply against the identity key that the evidence names,
 * because each replica has its own.
 */
import { type Callable, type GetStatus, getStatus } from "@pruntime/api";
import { fromHex } from "@pruntime/core/bytes";
import { verifyQueryKey } from "@pruntime/core/channel";
import type { JsonObject } from "@pruntime/core/json";
import type { DatedReply } from "./answer.ts";
import type { Attested } from "./attested/challenge.ts";
import { ClientError } from "./error.ts";
import type { ClientOptions } from "./options.ts";
import type { Floor, Progress } from "./progress.ts";
import { type CheckedReply, checkReply, type Exchange, isSignedBy } from "./reply.ts";
import { requestBody } from "./request.ts";
import type { Transport } from "./transport.ts";
import { areReplicas, checkStatement, type TrustedWorker } from "./worker.ts";

/** The verified evidence of a worker, and a function that requests and verifies new evidence. */
export interface Attestation {
  /** If absent, evidence is requested and verified before the first call. */
  readonly attested?: Attested;
  readonly again: () => Promise<Attested>;
}

/** Another address: that of a worker that should be a replica. Nothing is verified yet. */
export interface OtherAddress extends Omit<Attestation, "attested"> {
  readonly transport: Transport;
}

/** What a client must know about a process to seal a v2 query for it. */
export interface QueryTerms {
  /** The key to which v2 queries are sealed. The worker's identity key has signed it. */
  readonly queryKey: Uint8Array;
  /** The number of a block that the process said it had dispatched. Queries are issued as of this block. */
  readonly issuedAt: number;
}

/** One process that has the key agreement key of the worker. */
export class Replica {
  #worker: TrustedWorker;
  readonly #options: ClientOptions;
  readonly #progress: Progress;
  readonly #again: (() => Promise<Attested>) | undefined;
  #attested: Attested | undefined;
  #renewal: Promise<void> | undefined;
  #queryKey: Uint8Array | undefined;
  #dispatched: number | undefined;
  #last: Exchange | undefined;

  /**
   * @param worker the worker that the client accepted first. An address whose evidence has not been verified
   * yet can answer only with that worker's identity key
   * @param progress the newest block as of which the client has an answer
   * @param attestation if absent, the worker is trusted without evidence
   */
  constructor(worker: TrustedWorker, options: ClientOptions, progress: Progress, attestation?: Attestation) {
    this.#worker = worker;
    this.#options = options;
    this.#progress = progress;
    this.#attested = attestation?.attested;
    this.#queryKey = attestation?.attested?.queryKey;
    this.#again = attestation?.again;
  }

  /** The worker that the latest verified evidence of this address names. */
  get worker(): TrustedWorker {
    return this.#worker;
  }

  /** What was verified about the worker; `undefined` if the worker is trusted without evidence. */
  get attested(): Attested | undefined {
    return this.#attested;
  }

  /** The latest exchange whose reply passed all checks. */
  get lastExchange(): Exchange | undefined {
    return this.#last;
  }

  /** Whether the evidence must be requested again. */
  get verdictExpired(): boolean {
    return this.#attested !== undefined && this.#options.freshness.now() >= this.#attested.untilMs;
  }

  /** The terms of v2 queries. The worker's status is fetched if it has not been seen yet. */
  async queryTerms(): Promise<QueryTerms> {
    if (this.#queryKey === undefined || this.#dispatched === undefined) await this.look();
    return { queryKey: this.#queryKey as Uint8Array, issuedAt: this.#dispatched ?? 0 };
  }

  /**
   * Calls any action, and checks the reply's signature, chain, age and block.
   * @throws as {@link judge} and {@link exchange}
   */
  async call<W extends JsonObject, T>(action: Callable<W, T>, input: NoInfer<W>): Promise<DatedReply<T>> {
    await this.stillAttested();
    const { floor } = this.#progress;
    return this.judge(floor, await this.exchange(action, input));
  }

  /** What was verified about this worker, if it signed the reply of the exchange; otherwise `undefined`. */
  evidenceFor(exchange: Exchange): Attested | undefined {
    const attested = this.#attested;
    if (attested === undefined) return undefined;
    return isSignedBy(this.#options.crypto, attested.worker, exchange) ? attested : undefined;
  }

  /**
   * Calls any action. The reply's signature is checked against the worker's key, but its chain and age are
   * not checked.
   * @throws {@link ClientError} and the errors of `checkReply`
   */
  async exchange<W extends JsonObject, T>(
    action: Callable<W, T>,
    input: NoInfer<W>,
  ): Promise<CheckedReply<T>> {
    const { transport, crypto, random } = this.#options;
    const body = requestBody(random, input);
    return checkReply(crypto, this.#worker, action, body, await transport(action, body));
  }

  /**
   * Checks the chain, the age and the block of a reply.
   * @param floor what the reply had to reach when the request was sent
   * @throws {@link ClientError} `client/no-statement`, those of `checkStatement` and `Progress.advance`; the
   * errors of the check of finality
   */
  async judge<T>(floor: Floor, reply: CheckedReply<T>): Promise<DatedReply<T>> {
    const { statement } = reply;
    if (statement === undefined) throw new ClientError({ code: "client/no-statement" });
    checkStatement(this.#worker, this.#options.freshness, statement);
    const { finalizedNumber: number, finalizedHash: hash, genesisHash } = statement;
    await this.#options.finality?.(genesisHash, { number, hash });
    this.#progress.advance(floor, statement);
    this.#dispatched = Math.max(this.#dispatched ?? 0, statement.dispatchedNumber);
    this.#last = reply.exchange;
    return { ...reply, statement };
  }

  /**
   * Fetches the process's current query key and latest block. This method does not judge the status, because
   * its callers judge this status or the next answer.
   * @throws ChannelError `channel/bad-query-key`; {@link ClientError} `client/not-initialized`
   */
  async look(): Promise<CheckedReply<GetStatus>> {
    const reply = await this.exchange(getStatus, {});
    const { query_key, dispatched } = reply.value;
    if (query_key === null) throw new ClientError({ code: "client/not-initialized" });
    const shown = { publicKey: fromHex(query_key.public_key), signature: fromHex(query_key.signature) };
    this.#queryKey = verifyQueryKey(this.#options.crypto, this.#worker, shown);
    this.#dispatched = dispatched?.number ?? 0;
    return reply;
  }

  /** Requests and verifies evidence if there is no verdict yet, or if it has expired. */
  async stillAttested(): Promise<void> {
    const unverified = this.#again !== undefined && this.#attested === undefined;
    if (unverified || this.verdictExpired) await this.challengeAgain();
  }

  /**
   * Requests and verifies fresh evidence now.
   * @throws as `connect`; {@link ClientError} `client/wrong-key` if the worker that now answers is neither
   * the same nor a replica
   */
  async challengeAgain(): Promise<void> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    await this.#renewal;
  }

  async #renew(): Promise<void> {
    const attested = await this.#again?.();
    if (attested === undefined) return;
    if (!areReplicas(attested.worker, this.#worker)) throw new ClientError({ code: "client/wrong-key" });
    this.#attested = attested;
    this.#worker = attested.worker;
    this.#queryKey = attested.queryKey;
  }
}
