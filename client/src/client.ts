/**
 * A client of one worker. It seals commands to the worker's key, and sends queries, which it can seal and
 * sign. The client accepts an answer to a query only if the worker signed the answer for this query and the
 * expected chain, and if the answer is recent enough.
 */
import { type Callable, type GetStatus, getStatus, query as queryAction } from "@pruntime/api";
import { equal, fromHex, toHex, utf8 } from "@pruntime/core/bytes";
import {
  answerLimits,
  type ChannelKind,
  decodeQueryOutcome,
  encodePayload,
  encodeQuery2020,
  encodeQueryPayload,
  type NamedBlock,
  openReply,
  type Payload,
  plainQuery,
  sealCommand,
  sealV1,
  verifyQueryKey,
} from "@pruntime/core/channel";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { canonicalJson, type Json, type JsonObject, parseJson } from "@pruntime/core/json";
import type { Statement } from "@pruntime/core/statement";
import { maxCommandBytes } from "@pruntime/interfaces";
import type { Attested } from "./attested/challenge.ts";
import type { Command, ListRequest, Request } from "./contracts/contract.ts";
import { ClientError } from "./error.ts";
import type { ConfirmFinality } from "./finality/check.ts";
import { type KnownBlock, Progress, type StoredSession } from "./progress.ts";
import { type CheckedReply, checkReply, type Exchange, unverifiedReply } from "./reply.ts";
import { type ReplyReceipt, replyReceiptOf } from "./reply-receipt/reply-receipt.ts";
import { requestBody, u32 } from "./request.ts";
import { type Asked, makeSealedQuery } from "./sealed-query.ts";
import { claimJson, type QuerySigner, signText } from "./signers/signer.ts";
import type { Transport } from "./transport.ts";
import { blockTimeMs, maxBlocksToWait, sleep as usualSleep } from "./wait.ts";
import { checkStatement, type Freshness, sameWorker, type TrustedWorker, workerOf } from "./worker.ts";

/** What a client depends on: transport, cryptography, randomness, clock. */
export interface ClientOptions {
  readonly transport: Transport;
  readonly crypto: Crypto;
  readonly random: Random;
  readonly freshness: Freshness;
  /**
   * Confirms that the block that a reply reports as finalized is really final. If absent, the client trusts
   * the worker's report.
   */
  readonly finality?: ConfirmFinality;
  /** Returns the latest block that the client's own node calls final. Queries name this block. */
  readonly node?: () => Promise<NamedBlock>;
  /** The stored session of an earlier client. No answer may be as of a block before the session's block. */
  readonly session?: StoredSession;
  /** Waits. Default: `setTimeout`. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** How one query is sealed and signed, and when it expires. */
export interface QueryOptions {
  /** Default: v2. */
  readonly kind?: ChannelKind;
  /** If absent, the query is anonymous. */
  readonly signer?: QuerySigner;
  /** v2 only: the number of blocks during which the worker may still answer the query. Default: 100. */
  readonly expiresIn?: number;
}

/** A contract's answer, with the block and the chain time at which the answer is valid. */
export interface Answer<T = Json> {
  readonly value: T;
  readonly finalizedNumber: number;
  readonly dispatchedNumber: number;
  readonly chainTimeMs: bigint;
  readonly stateRoot: Uint8Array;
  /**
   * Whether the worker has stopped at this block, because its program cannot read the chain's newest runtime.
   */
  readonly runtimeUnreadable: boolean;
  /**
   * The block that the query named, which the worker had to have in its chain. If the client knew this block
   * only from the anchor, a copy of the worker that is held back could have answered. `undefined` for the
   * kinds plain and v1.
   */
  readonly knownBlock: KnownBlock | undefined;
  /** The request and reply as sent, for {@link WorkerClient.replyReceipt}. */
  readonly exchange: Exchange;
}

/** How long a v2 query is valid by chain time, in milliseconds. Its limit in blocks usually ends earlier. */
const queryLifeMs = 3_600_000;

/** Submits commands to a chain. `@pruntime/client/chain` has an implementation. */
export interface CommandChain<A, P> {
  readonly push: (account: A, contractId: number, payload: string) => Promise<P>;
}

/** The verified evidence of a worker, and a function that requests and verifies new evidence. */
export interface Attestation {
  readonly attested: Attested;
  readonly again: () => Promise<Attested>;
}

/** A connection to one worker whose keys were accepted. */
export class WorkerClient {
  readonly worker: TrustedWorker;
  readonly #options: ClientOptions;
  readonly #again: (() => Promise<Attested>) | undefined;
  #attested: Attested | undefined;
  #renewal: Promise<void> | undefined;
  #queryKey: Uint8Array | undefined;
  readonly #progress: Progress;
  /** The number of a block that the worker said it had dispatched. Queries are issued as of this block. */
  #dispatched = 0;
  #last: Exchange | undefined;

  /** @param attestation if absent, the worker is trusted without evidence */
  constructor(worker: TrustedWorker, options: ClientOptions, attestation?: Attestation) {
    this.worker = worker;
    this.#options = options;
    this.#progress = new Progress(worker, options.session);
    this.#attested = attestation?.attested;
    this.#queryKey = attestation?.attested.queryKey;
    this.#again = attestation?.again;
  }

  /**
   * What was verified about the worker, and until when that result is valid; `undefined` if the worker is
   * trusted without evidence.
   */
  get attested(): Attested | undefined {
    return this.#attested;
  }

  /**
   * Seals a command for a contract. Returns the text that `sender` puts on chain. The kinds plain and v1 do
   * not bind the text to a sender.
   * @throws {@link ClientError} `client/verdict-expired`: call {@link challengeAgain} first;
   * `client/command-too-large`
   */
  seal(sender: Uint8Array, { contractId, json }: Command, kind: ChannelKind = "v2"): string {
    return this.sealCommand(sender, contractId, json, kind);
  }

  /** Like {@link seal}, but takes the command as JSON and the contract as an id. */
  sealCommand(sender: Uint8Array, contractId: number, command: Json, kind: ChannelKind = "v2"): string {
    const attested = this.#attested;
    if (attested !== undefined && this.#expired(attested))
      throw new ClientError({ code: "client/verdict-expired", untilMs: attested.untilMs });
    const text = canonicalJson(command);
    const bytes = utf8(text).length;
    if (bytes > maxCommandBytes)
      throw new ClientError({ code: "client/command-too-large", bytes, limit: maxCommandBytes });
    return encodePayload(this.#commandPayload(sender, contractId, text, kind));
  }

  /** Seals a command and submits it to a chain. Returns the chain's result. */
  async push<A extends { readonly id: Uint8Array }, P>(
    chain: CommandChain<A, P>,
    account: A,
    command: Command,
    kind: ChannelKind = "v2",
  ): Promise<P> {
    await this.#stillAttested();
    return chain.push(account, command.contractId, this.seal(account.id, command, kind));
  }

  #commandPayload(sender: Uint8Array, contractId: number, text: string, kind: ChannelKind): Payload {
    const { crypto, random } = this.#options;
    if (kind === "plain") return { kind: "plain", text };
    if (kind === "v1") return sealV1(crypto, random, this.worker.ecdhPublicKey, text).payload;
    return sealCommand(crypto, random, this.#address(), { sender, contractId }, text);
  }

  /**
   * Sends a typed request to a contract.
   * @throws as the other overload; JsonError, {@link ClientError} `client/contract-refused`
   */
  async query<T>(request: Request<T>, options?: QueryOptions): Promise<Answer<T>>;
  /**
   * Sends a request to a contract.
   * @throws ClientError, StatementError, ChannelError if the reply cannot be trusted; `client/refused` if
   * the worker refuses the request
   */
  async query(contractId: number, request: Json, options?: QueryOptions): Promise<Answer>;
  async query(
    first: Request<unknown> | number,
    second?: Json | QueryOptions,
    third?: QueryOptions,
  ): Promise<Answer<unknown>> {
    if (typeof first === "number") return this.#ask(first, second as Json, third ?? {});
    const answer = await this.#ask(first.contractId, first.json, (second as QueryOptions | undefined) ?? {});
    return { ...answer, value: first.read(answer.value) };
  }

  async #ask(contractId: number, request: Json, options: QueryOptions): Promise<Answer> {
    await this.#stillAttested();
    const { kind = "v2", signer, expiresIn = 100 } = options;
    return kind === "v2"
      ? this.#askSealed({ contractId, request, signer }, expiresIn)
      : this.#ask2020(kind, { contractId, request, signer });
  }

  async #ask2020(kind: "plain" | "v1", { contractId, request, signer }: Asked): Promise<Answer> {
    const { crypto, random } = this.#options;
    const text = encodeQuery2020({ contractId, nonce: u32(random(4)), request });
    const { payload, session } =
      kind === "plain" ? plainQuery(text) : sealV1(crypto, random, this.worker.ecdhPublicKey, text);
    const queryPayload = encodeQueryPayload(payload);
    const origin = signer === undefined ? null : claimJson(await signText(signer, queryPayload));
    const reply = await this.call(queryAction, { query_payload: queryPayload, origin });
    return answerOf(reply, parseJson(openReply(session, reply.value), answerLimits), undefined);
  }

  /**
   * Asks with a v2 query. The client deals with three refusals itself, each at most once: it fetches the
   * query key of the worker's new process, issues an expired query again, and names another block in place of
   * one that is too old for the worker.
   */
  async #askSealed(asked: Asked, expiresIn: number): Promise<Answer> {
    if (this.#queryKey === undefined || this.#dispatched === 0) await this.#look();
    const dealtWith = new Set<string>();
    let known = await this.#knownBlock();
    for (;;) {
      const key = this.#queryKey as Uint8Array;
      try {
        return await this.#askUnder(key, asked, known, expiresIn);
      } catch (error) {
        const reason = reasonOf(error);
        if (dealtWith.has(reason)) throw error;
        dealtWith.add(reason);
        if (reason === "query/block-too-old" && known.from !== "anchor") known = await this.#fallback();
        else if (reason === "query/expired" || reason === "query/other-session") await this.#look();
        else throw error;
        if (reason === "query/other-session" && equal(this.#queryKey as Uint8Array, key)) throw error;
      }
    }
  }

  /** Asks under a query key. If the worker is behind the known block, waits up to three block times. */
  async #askUnder(queryKey: Uint8Array, asked: Asked, known: KnownBlock, expiresIn: number): Promise<Answer> {
    const { crypto, random, freshness, sleep = usualSleep } = this.#options;
    const { genesisHash } = this.worker;
    const dates = {
      knownBlock: { number: known.number, hash: known.hash },
      issuedAt: this.#dispatched,
      expiresAt: this.#dispatched + expiresIn,
      expiresAtMs: BigInt(Math.floor(freshness.now()) + queryLifeMs),
    };
    const { input, session } = await makeSealedQuery(crypto, random, { genesisHash, queryKey }, asked, dates);
    for (let waits = 0; ; waits++) {
      const floor = this.#progress.latest;
      const reply = await this.exchange(queryAction, input);
      const outcome = decodeQueryOutcome(openReply(session, reply.value));
      if (outcome.kind === "Answer") {
        const exchange = { ...reply.exchange, knownBlock: known };
        return answerOf(await this.#judge(floor, { ...reply, exchange }), outcome.value, known);
      }
      const { code: reason, message } = outcome.value;
      if (reason === "query/unknown-block")
        throw new ClientError({ code: "client/forked", number: known.number });
      if (reason !== "query/ahead" || waits === maxBlocksToWait)
        throw new ClientError({ code: "client/refused", status: 200, reason, message });
      await sleep(blockTimeMs);
    }
  }

  /** The block to name if the worker no longer remembers the known block. */
  async #fallback(): Promise<KnownBlock> {
    const ofNode = await this.#options.node?.();
    return ofNode === undefined ? this.#progress.genesis : { ...ofNode, from: "node" };
  }

  /** The newest block that this client knows, by its check of finality, its node or the worker's replies. */
  async #knownBlock(): Promise<KnownBlock> {
    const { finality, node } = this.#options;
    const [confirmed, ofNode] = [finality?.latest?.(), await node?.()];
    const candidates: KnownBlock[] = [this.#progress.latest];
    if (confirmed !== undefined)
      candidates.push({ number: confirmed.number, hash: confirmed.hash, from: "finality" });
    if (ofNode !== undefined) candidates.push({ number: ofNode.number, hash: ofNode.hash, from: "node" });
    return candidates.reduce((best, one) => (one.number >= best.number ? one : best));
  }

  /**
   * Fetches the worker's current query key and latest block. This method does not judge the status, because
   * its callers judge this status or the next answer.
   * @throws ChannelError `channel/bad-query-key`; {@link ClientError} `client/not-initialized`
   */
  async #look(): Promise<CheckedReply<GetStatus>> {
    const reply = await this.exchange(getStatus, {});
    const { query_key, dispatched } = reply.value;
    if (query_key === null) throw new ClientError({ code: "client/not-initialized" });
    const shown = { publicKey: fromHex(query_key.public_key), signature: fromHex(query_key.signature) };
    this.#queryKey = verifyQueryKey(this.#options.crypto, this.worker, shown);
    this.#dispatched = dispatched?.number ?? 0;
    return reply;
  }

  /** Returns the worker's status. It is judged by signature, chain, age and block, as answers are. */
  async status(): Promise<GetStatus> {
    const floor = this.#progress.latest;
    const reply = await this.#look();
    const { ecdhPublicKey } = workerOf(reply.value);
    if (toHex(ecdhPublicKey) !== toHex(this.worker.ecdhPublicKey))
      throw new ClientError({ code: "client/wrong-key" });
    await this.#judge(floor, reply);
    return reply.value;
  }

  /**
   * Returns all entries of a list, newest first, for example of `dataPlaza.items`. The client asks for one
   * page after the other, so later entries may be as of a later block.
   * @throws as {@link query}; {@link ClientError} `client/bad-page`
   */
  async *entries<T extends { readonly id: number }>(
    list: ListRequest<T>,
    options?: QueryOptions,
  ): AsyncGenerator<T, void> {
    for (let before = Number.POSITIVE_INFINITY; before > 0; ) {
      const page = before === Number.POSITIVE_INFINITY ? undefined : { before };
      const { value } = await this.query(list(page), options);
      if (value.length === 0) return;
      for (const entry of value.toReversed()) {
        if (entry.id >= before) throw new ClientError({ code: "client/bad-page", before });
        yield entry;
        before = entry.id;
      }
    }
  }

  /**
   * What an application may store for a later session, so that the later session refuses answers as of
   * earlier blocks; `undefined` before the first answer.
   */
  get session(): StoredSession | undefined {
    return this.#progress.stored;
  }

  /** Calls any action, and checks the reply's signature, chain, age and block, as for a query. */
  async call<W extends JsonObject, T>(action: Callable<W, T>, input: NoInfer<W>): Promise<DatedReply<T>> {
    await this.#stillAttested();
    const floor = this.#progress.latest;
    return this.#judge(floor, await this.exchange(action, input));
  }

  /** Checks the chain, the age and the block of a reply. `floor` is the block known before the request. */
  async #judge<T>(floor: KnownBlock, reply: CheckedReply<T>): Promise<DatedReply<T>> {
    const { statement } = reply;
    if (statement === undefined) throw new ClientError({ code: "client/no-statement" });
    checkStatement(this.worker, this.#options.freshness, statement);
    const { finalizedNumber: number, finalizedHash: hash, genesisHash } = statement;
    await this.#options.finality?.(genesisHash, { number, hash });
    this.#progress.advance(floor, statement);
    this.#dispatched = Math.max(this.#dispatched, statement.dispatchedNumber);
    this.#last = reply.exchange;
    return { ...reply, statement };
  }

  /**
   * Calls any action. The reply's signature is checked against the worker's key, but its chain and age are
   * not checked.
   */
  async exchange<W extends JsonObject, T>(
    action: Callable<W, T>,
    input: NoInfer<W>,
  ): Promise<CheckedReply<T>> {
    const { transport, crypto, random } = this.#options;
    const body = requestBody(random, input);
    return checkReply(crypto, this.worker, action, body, await transport(action, body));
  }

  /**
   * Makes a reply receipt, which proves to others that this worker gave this answer, and what was verified
   * about the worker. `answer` defaults to the latest reply to {@link query} or {@link call}. The receipt
   * contains the request as it was sent: sealed, unless its kind was plain. `pruntime verify receipt` reads
   * the receipt.
   * @throws {@link ClientError} `client/no-receipt`
   */
  replyReceipt(answer?: Pick<Answer, "exchange">): ReplyReceipt {
    const exchange = answer?.exchange ?? this.#last;
    if (this.#attested === undefined)
      throw new ClientError({ code: "client/no-receipt", why: "this client has verified no evidence" });
    if (exchange === undefined)
      throw new ClientError({ code: "client/no-receipt", why: "the worker has not answered a request yet" });
    return replyReceiptOf(this.#attested, exchange);
  }

  /**
   * Requests and verifies fresh evidence now.
   * @throws as `connect`; {@link ClientError} `client/wrong-key` if another worker now answers
   */
  async challengeAgain(): Promise<void> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    await this.#renewal;
  }

  async #renew(): Promise<void> {
    const attested = await this.#again?.();
    if (attested !== undefined && !sameWorker(attested.worker, this.worker))
      throw new ClientError({ code: "client/wrong-key" });
    this.#attested = attested;
    this.#queryKey = attested?.queryKey;
  }

  async #stillAttested(): Promise<void> {
    if (this.#attested !== undefined && this.#expired(this.#attested)) await this.challengeAgain();
  }

  #expired({ untilMs }: Attested): boolean {
    return this.#options.freshness.now() >= untilMs;
  }

  #address(): { readonly genesisHash: Uint8Array; readonly publicKey: Uint8Array } {
    return { genesisHash: this.worker.genesisHash, publicKey: this.worker.ecdhPublicKey };
  }
}

function answerOf(
  { statement, exchange }: DatedReply<unknown>,
  value: Json,
  knownBlock: KnownBlock | undefined,
): Answer {
  const { finalizedNumber, dispatchedNumber, chainTimeMs, stateRoot, runtimeUnreadable } = statement;
  const block = { finalizedNumber, dispatchedNumber, chainTimeMs, stateRoot, runtimeUnreadable };
  return { value, ...block, knownBlock, exchange };
}

/** The code with which the worker refused a query; empty for another error. */
function reasonOf(error: unknown): string {
  const { detail } = error instanceof ClientError ? error : {};
  return detail?.code === "client/refused" ? detail.reason : "";
}

/** A checked reply whose statement gives the block and the chain time at which the reply is valid. */
export type DatedReply<T> = CheckedReply<T> & { readonly statement: Statement };

/**
 * Connects to any worker that answers, and verifies no evidence of its keys or its code. This function is
 * for development, and for operators who call their own worker on their own machine. All other callers need
 * `connect`.
 * @throws {@link ClientError}
 */
export async function connectTrustingWhoeverAnswers(options: ClientOptions): Promise<WorkerClient> {
  const body = requestBody(options.random, {});
  const raw = await options.transport(getStatus, body);
  const worker = workerOf(unverifiedReply(getStatus, raw).value);
  checkReply(options.crypto, worker, getStatus, body, raw);
  return new WorkerClient(worker, options);
}
