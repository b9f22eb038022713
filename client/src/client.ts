/**
 * A client of one worker: seals commands to its key, asks sealed and signed queries, and believes a reply only when the accepted worker signed it
 * about this request, for the expected chain, recently enough.
 */
import type { ActionName, GetStatus } from "@pruntime/api";
import { toHex, utf8 } from "@pruntime/core/bytes";
import {
  type ChannelKind,
  decodeReply,
  encodePayload,
  encodeQuery,
  openReply,
  type Payload,
  plainQuery,
  type Query,
  type QueryToSend,
  sealCommand,
  sealQuery,
  sealV1,
} from "@pruntime/core/channel";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { canonicalJson, type Json, type JsonObject, parseJson } from "@pruntime/core/json";
import { ClientError } from "./error.ts";
import { type CheckedReply, checkReply, unverifiedPayload } from "./reply.ts";
import { type QuerySigner, signEnvelope } from "./signer.ts";
import type { Transport } from "./transport.ts";
import { checkStatement, type Freshness, readStatus, type TrustedWorker, workerOf } from "./worker.ts";

/** What a client needs of its surroundings. */
export interface ClientOptions {
  readonly transport: Transport;
  readonly crypto: Crypto;
  readonly random: Random;
  readonly freshness: Freshness;
}

/** How to ask. */
export interface QueryOptions {
  /** Default: v2. */
  readonly kind?: ChannelKind;
  /** Absent: the query is anonymous. */
  readonly signer?: QuerySigner;
  /** v2 only: for how many blocks the worker may still answer it. Default: 100. */
  readonly expiresIn?: number;
}

/** An answer and as of when it holds. */
export interface Answer {
  readonly value: Json;
  readonly finalizedNumber: number;
  readonly dispatchedNumber: number;
  readonly chainTimeMs: bigint;
  readonly stateRoot: Uint8Array;
}

export class WorkerClient {
  readonly worker: TrustedWorker;
  readonly #options: ClientOptions;
  #dispatched = 0;

  constructor(worker: TrustedWorker, options: ClientOptions) {
    this.worker = worker;
    this.#options = options;
  }

  /** The text to put on chain for `sender` to give `contractId` this command. Plain and v1 bind it to nobody. */
  sealCommand(sender: Uint8Array, contractId: number, command: Json, kind: ChannelKind = "v2"): string {
    const text = canonicalJson(command);
    return encodePayload(this.#commandPayload(sender, contractId, text, kind));
  }

  #commandPayload(sender: Uint8Array, contractId: number, text: string, kind: ChannelKind): Payload {
    const { crypto, random } = this.#options;
    if (kind === "plain") return { kind: "plain", text };
    if (kind === "v1") return sealV1(crypto, random, this.worker.ecdhPublicKey, text).payload;
    return sealCommand(crypto, random, this.#address(), { sender, contractId }, text);
  }

  /**
   * Asks a contract.
   * @throws ClientError, StatementError, ChannelError: the reply is not to be believed; `client/refused` when the worker says no
   */
  async query(contractId: number, request: Json, { kind = "v2", signer, expiresIn = 100 }: QueryOptions = {}): Promise<Answer> {
    if (kind === "v2" && this.#dispatched === 0) await this.status();
    const text = encodeQuery(this.#query(kind, contractId, request, expiresIn));
    const { payload, session } = this.#seal(kind, signer, text);
    const queryPayload = encodePayload(payload);
    const claim = signer === undefined ? undefined : await signEnvelope(signer, queryPayload);
    const origin = claim === undefined ? null : { origin: claim.origin, sig_b64: claim.sigB64, sig_type: claim.sigType };
    const reply = await this.call("query", { query_payload: queryPayload, origin });
    const statement = reply.statement;
    if (statement === undefined) throw new ClientError({ code: "client/no-statement" });
    const value = parseJson(openReply(session, decodeReply(canonicalJson(reply.payload))));
    const { finalizedNumber, dispatchedNumber, chainTimeMs, stateRoot } = statement;
    return { value, finalizedNumber, dispatchedNumber, chainTimeMs, stateRoot };
  }

  /** The worker's status, signed by it like every reply; how old it is, is not judged here. */
  async status(): Promise<GetStatus> {
    const status = readStatus((await this.exchange("get_status", {})).payload, "");
    const { ecdhPublicKey } = workerOf(status);
    if (toHex(ecdhPublicKey) !== toHex(this.worker.ecdhPublicKey)) throw new ClientError({ code: "client/wrong-key" });
    this.#dispatched = Math.max(this.#dispatched, status.dispatched?.number ?? 0);
    return status;
  }

  /** Any action, its reply checked as a query's is. */
  async call(action: ActionName, input: JsonObject): Promise<CheckedReply> {
    const reply = await this.exchange(action, input);
    if (reply.statement === undefined) throw new ClientError({ code: "client/no-statement" });
    checkStatement(this.worker, this.#options.freshness, reply.statement);
    this.#dispatched = Math.max(this.#dispatched, reply.statement.dispatchedNumber);
    return reply;
  }

  /** Any action, its reply checked against the worker's key; which chain it speaks for and how old it is, is not judged. */
  async exchange(action: ActionName, input: JsonObject): Promise<CheckedReply> {
    const { transport, crypto, random } = this.#options;
    const body = requestBody(random, input);
    return checkReply(crypto, this.worker, action, body, await transport(action, body));
  }

  #query(kind: ChannelKind, contractId: number, request: Json, expiresIn: number): Query {
    if (kind !== "v2") return { kind: "2020", contractId, nonce: u32(this.#options.random(4)), request };
    return { kind: "v2", contractId, expiresAt: this.#dispatched + expiresIn, nonce: this.#options.random(16), request };
  }

  #seal(kind: ChannelKind, signer: QuerySigner | undefined, text: string): QueryToSend<Payload> {
    const { crypto, random } = this.#options;
    if (kind === "plain") return plainQuery(text);
    if (kind === "v1") return sealV1(crypto, random, this.worker.ecdhPublicKey, text);
    return sealQuery(crypto, random, this.#address(), signer?.account, text);
  }

  #address(): { readonly genesisHash: Uint8Array; readonly publicKey: Uint8Array } {
    return { genesisHash: this.worker.genesisHash, publicKey: this.worker.ecdhPublicKey };
  }
}

/**
 * Believes whatever worker answers first: nothing vouches for its keys or its code. For development, and for operators who talk to their own
 * worker on their own machine. @throws {@link ClientError}
 */
export async function connectTrustingWhoeverAnswers(options: ClientOptions): Promise<WorkerClient> {
  const body = requestBody(options.random, {});
  const raw = await options.transport("get_status", body);
  const worker = workerOf(readStatus(unverifiedPayload(raw), ""));
  checkReply(options.crypto, worker, "get_status", body, raw);
  return new WorkerClient(worker, options);
}

/** The request envelope of 2020. The nonce makes each request's hash its own, so no reply fits two. */
export function requestBody(random: Random, input: JsonObject): Uint8Array {
  return utf8(canonicalJson({ input, nonce: { id: u32(random(4)), value: toHex(random(16)) } }));
}

function u32(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
