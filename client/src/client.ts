/**
 * A client of one worker. It seals commands to the worker's key, and sends queries, which it can seal and
 * sign. The client accepts an answer to a query only if the worker signed the answer for this query and the
 * expected chain, and if the answer is recent enough.
 */
import { type Callable, type GetStatus, getStatus, query as queryAction } from "@pruntime/api";
import { toHex, utf8 } from "@pruntime/core/bytes";
import {
  answerLimits,
  type ChannelKind,
  encodePayload,
  encodeQuery2020,
  encodeQueryPayload,
  openReply,
  type Payload,
  plainQuery,
  sealCommand,
  sealV1,
  type WorkerAddress,
} from "@pruntime/core/channel";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { canonicalJson, type Json, type JsonObject, parseJson } from "@pruntime/core/json";
import { maxCommandBytes } from "@pruntime/interfaces";
import { type Answer, answerOf, type DatedReply } from "./answer.ts";
import type { Attested } from "./attested/challenge.ts";
import type { Command, ListRequest, Request } from "./contracts/contract.ts";
import { ClientError } from "./error.ts";
import { awaitExecutionReceipt, executionReceiptKey } from "./execution-receipt.ts";
import { firstAnswer } from "./failover.ts";
import { checkNodeChain } from "./node-chain.ts";
import type { ClientOptions } from "./options.ts";
import { Progress, type StoredSession } from "./progress.ts";
import { type InBlock, Push, type SubmitOptions, type Way } from "./push.ts";
import { QueryDialogue } from "./query-dialogue.ts";
import { type Attestation, type OtherAddress, Replica } from "./replica.ts";
import { type CheckedReply, checkReply, unverifiedReply } from "./reply.ts";
import { type ReplyReceipt, replyReceiptOf } from "./reply-receipt/reply-receipt.ts";
import { requestBody, u32 } from "./request.ts";
import type { Asked } from "./sealed-query.ts";
import { claimJson, type QuerySigner, signText } from "./signers/signer.ts";
import type { Transport } from "./transport.ts";
import { type TrustedWorker, workerOf } from "./worker.ts";

/** How one query is sealed and signed, and when it expires. */
export interface QueryOptions {
  /** Default: v2. */
  readonly kind?: ChannelKind;
  /** If absent, the query is anonymous. */
  readonly signer?: QuerySigner;
  /** v2 only: the number of blocks during which the worker may still answer the query. Default: 100. */
  readonly expiresIn?: number;
}

/** How a command is sealed, and how long its steps may take. */
export interface PushOptions {
  /** Default: v2. */
  readonly kind?: ChannelKind;
  /** Ends the push at any step. */
  readonly signal?: AbortSignal;
  /** How long to wait until the command is final, in milliseconds. Default: that of the chain. */
  readonly finalityTimeoutMs?: number;
  /** How long to wait until the worker has executed the final command, in milliseconds. Default: 60 000. */
  readonly executionTimeoutMs?: number;
}

/**
 * How long a client waits until a worker has executed a final command.
 * @limit ms
 * @source chosen; `executionTimeoutMs` sets another
 * @past `client/not-executed`
 */
const usualExecutionTimeoutMs = 60_000;

/** Who sends a command, and asks for its execution receipt. */
export interface Sender {
  /** Account id, 32 bytes. */
  readonly id: Uint8Array;
  readonly query: QuerySigner;
}

/** Submits commands to a chain. `@pruntime/client/chain` has an implementation. */
export interface CommandChain<A, P> {
  /** The hash of the chain's genesis block, 32 bytes. */
  readonly genesisHash: Uint8Array;
  /** Puts a command on the chain. Resolves when it is final. */
  readonly push: (account: A, contractId: number, payload: string, options: SubmitOptions) => Promise<P>;
}

/** A connection to a worker whose keys were accepted, and to its replicas. */
export class WorkerClient {
  readonly #options: ClientOptions;
  readonly #progress: Progress;
  /** The worker and its replicas. The first is the one that answered last. */
  #replicas: readonly [Replica, ...Replica[]];

  /**
   * @param attestation if absent, the worker is trusted without evidence
   * @param others where replicas answer, if the worker does not answer over the transport of `options`
   */
  constructor(
    worker: TrustedWorker,
    options: ClientOptions,
    attestation?: Attestation,
    others: readonly OtherAddress[] = [],
  ) {
    this.#options = options;
    this.#progress = new Progress(worker, options.session);
    const replica = (transport: Transport, known?: Attestation): Replica =>
      new Replica(worker, { ...options, transport }, this.#progress, known);
    this.#replicas = [
      replica(options.transport, attestation),
      ...others.map(({ transport, again }) => replica(transport, { again })),
    ];
  }

  get #replica(): Replica {
    return this.#replicas[0];
  }

  /** The keys and the chain of the replica that answered last. */
  get worker(): TrustedWorker {
    return this.#replica.worker;
  }

  /**
   * What was verified about the replica that answered last, and until when that result is valid; `undefined`
   * if the worker is trusted without evidence.
   */
  get attested(): Attested | undefined {
    return this.#replica.attested;
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
    const { attested, verdictExpired } = this.#replica;
    if (attested !== undefined && verdictExpired)
      throw new ClientError({ code: "client/verdict-expired", untilMs: attested.untilMs });
    const text = canonicalJson(command);
    const bytes = utf8(text).length;
    if (bytes > maxCommandBytes)
      throw new ClientError({ code: "client/command-too-large", bytes, limit: maxCommandBytes });
    return encodePayload(this.#commandPayload(sender, contractId, text, kind));
  }

  /**
   * Calls `seal` with the worker's address, once the worker's evidence is still valid. `seal` makes a message
   * for the worker's key agreement key.
   * @throws as {@link challengeAgain}
   */
  async sealBy<T>(
    seal: (crypto: Crypto, random: Random, worker: WorkerAddress) => T | Promise<T>,
  ): Promise<T> {
    await this.#replica.stillAttested();
    const { crypto, random } = this.#options;
    return seal(crypto, random, this.#address());
  }

  /**
   * Seals a command, puts it on a chain, and waits until the worker has executed it. The result has a promise
   * for each step, and is an iterable of the steps. The promises reject with {@link ClientError}
   * `client/node-on-other-chain` before anything is sealed, `client/aborted`, `client/not-executed`, and as
   * {@link seal} and the chain's `push`.
   */
  push<A extends Sender, P extends InBlock>(
    chain: CommandChain<A, P>,
    account: A,
    command: Command,
    options: PushOptions = {},
  ): Push<P> {
    const { kind = "v2", signal, finalityTimeoutMs, executionTimeoutMs = usualExecutionTimeoutMs } = options;
    const following = {
      ...(signal === undefined ? {} : { signal }),
      ...(finalityTimeoutMs === undefined ? {} : { timeoutMs: finalityTimeoutMs }),
    };
    const way: Way<P> = {
      seal: async () => {
        await this.#anyReplica((replica) => () => replica.stillAttested());
        checkNodeChain(this.worker.genesisHash, chain.genesisHash);
        const payload = this.seal(account.id, command, kind);
        return { payload, receiptKey: executionReceiptKey(utf8(payload)) };
      },
      submit: ({ payload }, onBlock) =>
        chain.push(account, command.contractId, payload, { ...following, onBlock }),
      execute: async ({ receiptKey }, { blockNumber }) => {
        const onChain = { receiptKey, blockNumber };
        return {
          outcome: await awaitExecutionReceipt(this, account, onChain, executionTimeoutMs, signal),
        };
      },
    };
    return new Push(way, signal);
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
    const { kind = "v2", signer, expiresIn = 100 } = options;
    const asked = { contractId, request, signer };
    if (kind !== "v2") return this.#ask2020(kind, asked);
    return this.#anyReplica((replica) => {
      const query = { ...asked, expiresIn };
      const dialogue = new QueryDialogue(replica, this.#options, this.#progress, query);
      return () => dialogue.answer();
    });
  }

  /**
   * Asks the replica that answered last, and then the others.
   * @param attemptAt makes what is tried, several times if need be, at a replica whose evidence is verified
   * @throws as `firstAnswer`
   */
  #anyReplica<T>(attemptAt: (replica: Replica) => () => Promise<T>): Promise<T> {
    const attempts = this.#replicas.map((replica) => {
      const attempt = attemptAt(replica);
      return async () => {
        await replica.stillAttested();
        const answer = await attempt();
        this.#replicas = [replica, ...this.#replicas.filter((other) => other !== replica)];
        return answer;
      };
    });
    return firstAnswer(attempts, this.#options.sleep);
  }

  async #ask2020(kind: "plain" | "v1", { contractId, request, signer }: Asked): Promise<Answer> {
    const { crypto, random } = this.#options;
    const text = encodeQuery2020({ contractId, nonce: u32(random(4)), request });
    const { payload, session } =
      kind === "plain" ? plainQuery(text) : sealV1(crypto, random, this.worker.ecdhPublicKey, text);
    const queryPayload = encodeQueryPayload(payload);
    const origin = signer === undefined ? null : claimJson(await signText(signer, queryPayload));
    const input = { query_payload: queryPayload, origin };
    const reply = await this.#anyReplica((replica) => () => replica.call(queryAction, input));
    return answerOf(reply, parseJson(openReply(session, reply.value), answerLimits), undefined);
  }

  /**
   * Returns the status of the replica that answered last, or of the next one that answers. A status is judged
   * by signature, chain, age and block, as answers are.
   * @throws as {@link query}; {@link ClientError} `client/wrong-key`
   */
  status(): Promise<GetStatus> {
    return this.#anyReplica((replica) => () => this.#statusOf(replica));
  }

  async #statusOf(replica: Replica): Promise<GetStatus> {
    const { floor } = this.#progress;
    const reply = await replica.look();
    const { ecdhPublicKey } = workerOf(reply.value);
    if (toHex(ecdhPublicKey) !== toHex(replica.worker.ecdhPublicKey))
      throw new ClientError({ code: "client/wrong-key" });
    await replica.judge(floor, reply);
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

  /**
   * Calls any action, and checks the reply's signature, chain, age and block, as for a query. If the replica
   * that answered last does not answer, the call goes to another one. An operator's call does not: it can
   * change the worker, so it goes to one worker only.
   */
  call<W extends JsonObject, T>(action: Callable<W, T>, input: NoInfer<W>): Promise<DatedReply<T>> {
    if (action.access === "operator") return this.#replica.call(action, input);
    return this.#anyReplica((replica) => () => replica.call(action, input));
  }

  /**
   * Calls any action. The reply's signature is checked against the worker's key, but its chain and age are
   * not checked.
   */
  exchange<W extends JsonObject, T>(action: Callable<W, T>, input: NoInfer<W>): Promise<CheckedReply<T>> {
    return this.#replica.exchange(action, input);
  }

  /**
   * Makes a reply receipt, which proves to others which worker gave this answer, and what was verified about
   * that worker. `answer` defaults to the latest reply to {@link query} or {@link call}. The receipt
   * contains the request as it was sent: sealed, unless its kind was plain. `pruntime verify receipt` reads
   * the receipt.
   * @throws {@link ClientError} `client/no-receipt`
   */
  replyReceipt(answer?: Pick<Answer, "exchange">): ReplyReceipt {
    const exchange = answer?.exchange ?? this.#replica.lastExchange;
    if (exchange === undefined)
      throw new ClientError({ code: "client/no-receipt", why: "the worker has not answered a request yet" });
    const [attested] = this.#replicas.flatMap((replica) => replica.evidenceFor(exchange) ?? []);
    if (attested === undefined)
      throw new ClientError({ code: "client/no-receipt", why: "this client has no evidence of the signer" });
    return replyReceiptOf(attested, exchange);
  }

  /**
   * Requests and verifies fresh evidence now.
   * @throws as `connect`; {@link ClientError} `client/wrong-key` if the worker that now answers is neither
   * the same nor a replica
   */
  challengeAgain(): Promise<void> {
    return this.#replica.challengeAgain();
  }

  #address(): WorkerAddress {
    return { genesisHash: this.worker.genesisHash, publicKey: this.worker.ecdhPublicKey };
  }
}

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
