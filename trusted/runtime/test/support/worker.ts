/** A worker's runtime for tests: fixed secrets, predictable randomness, and access to its whole state. */
import { developmentRoots, type Lineage } from "@pruntime/core/attestation";
import { toHex, utf8 } from "@pruntime/core/bytes";
import {
  decodeQueryOutcome,
  encodeQuery2020,
  encodeQueryPayload,
  encodeQueryV2,
  encodeSignedQuery,
  type OriginClaim,
  openReply,
  originClaim,
  plainQuery,
  type QueryPayload,
  type QueryV2,
  type ReplySession,
  sealQuery,
} from "@pruntime/core/channel";
import { type Crypto, type P256KeyPair, portableCrypto, type Random } from "@pruntime/core/crypto";
import { type Json, parseJson } from "@pruntime/core/json";
import {
  type Event,
  genesisOf,
  type Identity,
  identityOf,
  type Mark,
  Runtime,
  type RuntimeCode,
} from "@pruntime/runtime";
import { expect } from "vitest";
import { contextOf, newWorker } from "../../src/state.ts";

export interface Signer {
  readonly id: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** A random source that counts up. Consecutive draws differ, and each run of a test draws the same bytes. */
export function countingRandom(): Random {
  let next = 1;
  return (length) => new Uint8Array(length).fill(next++ & 0xff);
}

export function keyPair(fill: number): P256KeyPair {
  const pair = portableCrypto.p256.keyPair(new Uint8Array(32).fill(fill));
  if (pair === undefined) throw new Error("not a scalar");
  return pair;
}

export const measurement: Uint8Array = new Uint8Array(32).fill(0x4d);
export const signer = portableCrypto.secp256k1.signer(new Uint8Array(32).fill(3))!;
export const workerKey = keyPair(2);

/** Runs no code. Code that starts with `m` is its own metadata. */
export const runtimeCode: RuntimeCode = {
  *metadataOf(code) {
    yield;
    return code[0] === 0x6d ? code : undefined;
  },
};

export function newRuntime(
  crypto: Crypto = portableCrypto,
  stateKey: Uint8Array = new Uint8Array(32).fill(9),
  code: RuntimeCode = runtimeCode,
  mark?: Mark,
): Runtime {
  const [signing, ecdhSecret] = [new Uint8Array(32).fill(3), new Uint8Array(32).fill(2)];
  return runtimeOf(
    identityOf(portableCrypto, { signing, ecdhSecret, stateKey }),
    crypto,
    code,
    undefined,
    mark,
  );
}

/** @param mark the mark that an earlier process of the worker kept */
export function runtimeOf(
  identity: Identity,
  crypto: Crypto = portableCrypto,
  code: RuntimeCode = runtimeCode,
  random: Random = countingRandom(),
  mark?: Mark,
  stateBudget = Infinity,
  lineage: Lineage = [],
): Runtime {
  const roots = developmentRoots(crypto);
  const platform = { crypto, random, measurement, runtimeCode: code, roots, stateBudget, allowsV1: true };
  return new Runtime(contextOf(platform, identity), { ...newWorker, mark, lineage });
}

/** Sends an event and returns the answer. Throws if the event is refused. */
export function take<E extends Event>(runtime: Runtime, event: E) {
  const outcome = runtime.accept(event);
  if (!outcome.ok)
    throw new Error(
      `refused: ${JSON.stringify(outcome.error, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v))}`,
    );
  return outcome.value;
}

/**
 * Sends an event, checks that the dumped state did not change, and returns the error's code or `accepted`.
 */
export function refusal(runtime: Runtime, event: Event): string {
  const before = held(runtime);
  const outcome = runtime.accept(event);
  expect(held(runtime)).toBe(before);
  return outcome.ok ? "accepted" : outcome.error.code;
}

/** The worker's state as a dump in hex, or the error's code if the worker refuses to dump. */
export function held(runtime: Runtime): string {
  const outcome = runtime.accept({ kind: "dump" });
  return outcome.ok ? toHex(outcome.value.dump) : outcome.error.code;
}

export function root(runtime: Runtime): string {
  return toHex(runtime.status()!.stateRoot);
}

/** The event with an unsealed query in the format of 2020. */
export function plain(contractId: number, request: Json, by?: Signer): Extract<Event, { kind: "query" }> {
  const { payload } = plainQuery(encodeQuery2020({ contractId, nonce: 1, request }));
  return signed(payload, by);
}

export interface SealedQuery {
  readonly event: Extract<Event, { kind: "query" }>;
  readonly session: ReplySession;
}

export interface SealedOptions {
  readonly nonce?: number;
  readonly by?: Signer;
  /** Changes the text before it is signed. */
  readonly change?: Partial<QueryV2>;
  /** Changes the content after the text is signed. */
  readonly bend?: (content: string) => string;
}

/** A sealed v2 query, and the session that opens the reply. */
export function sealed(
  runtime: Runtime,
  contractId: number,
  request: Json,
  options: SealedOptions = {},
): SealedQuery {
  const { nonce = 1, by, change, bend = (content) => content } = options;
  const { chain } = runtime.status()!;
  const genesisHash = genesisOf(chain);
  const queryKey = runtime.queryTerms()!.key.publicKey;
  const ephemeral = keyPair(200);
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, nonce);
  const text = encodeQueryV2({
    contractId,
    request,
    nonce: bytes,
    knownBlock: { number: 0, hash: genesisHash },
    issuedAt: chain.dispatched.number,
    expiresAt: 100,
    expiresAtMs: 1n << 60n,
    seal: { genesisHash, queryKey, enc: ephemeral.publicKey },
    ...change,
  });
  const origin = by && originClaim("sr25519", by.id, by.sign(utf8(text)));
  const content = bend(encodeSignedQuery({ queryPayload: text, origin }));
  const address = { genesisHash, publicKey: queryKey };
  const { payload, session } = sealQuery(portableCrypto, ephemeral, address, content);
  return { event: signed(payload), session };
}

/** The content of the sealed reply to a query: the answer's JSON, or the code of the refusal. */
export function outcomeOf(runtime: Runtime, { event, session }: SealedQuery): Json {
  const { kind, value } = decodeQueryOutcome(openReply(session, take(runtime, event).reply));
  return kind === "Answer" ? value : value.code;
}

export function signed(payload: QueryPayload, by?: Signer): Extract<Event, { kind: "query" }> {
  const queryPayload = encodeQueryPayload(payload);
  const origin: OriginClaim | undefined = by && originClaim("sr25519", by.id, by.sign(utf8(queryPayload)));
  return { kind: "query", query: { queryPayload, origin } };
}

/** A contract's answer to a plain query. */
export function answer(runtime: Runtime, contractId: number, request: Json, by?: Signer): Json {
  const { reply } = take(runtime, plain(contractId, request, by));
  return parseJson(openReply({ kind: "plain" }, reply));
}

/** The status in the receipt of `by`'s command, or the answer's JSON if the answer has no receipt. */
export function receipt(runtime: Runtime, txHash: Uint8Array, by: Signer): string {
  const found = answer(runtime, 0, { QueryReceipt: { tx_hash: toHex(txHash) } }, by);
  const { QueryReceipt } = JSON.parse(JSON.stringify(found)) as {
    QueryReceipt?: { receipt: { status: string } };
  };
  return QueryReceipt?.receipt.status ?? JSON.stringify(found);
}
