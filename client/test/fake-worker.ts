/**
 * A worker with fixed keys and a fixed answer to every query. It opens queries with the real worker's code. A
 * test can alter every reply before it reaches the client.
 */
import { replyHeaders } from "@pruntime/api";
import type { RawReply, Transport } from "@pruntime/client";
import {
  endorsedEvidenceToJson,
  type Holder,
  type Lineage,
  lineageJson,
  makeSimulated,
  reportData,
} from "@pruntime/core/attestation";
import { fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import {
  answerText,
  decodeQueryPayload,
  decodeQueryV2,
  leastBytes,
  openQuery2020,
  openSealedQuery,
  type QueryV2,
  queryKeyId,
  readSignedQuery,
  replyJson,
  type SignedQuery,
  sealReply,
  signQueryKey,
  unpad,
  verifyOrigin,
} from "@pruntime/core/channel";
import { portableCrypto as crypto, type P256KeyPair, type Secp256k1Signer } from "@pruntime/core/crypto";
import {
  canonicalJson,
  decodeJson,
  type Json,
  type JsonObject,
  jsonAny,
  jsonHex,
  jsonObject,
  parseJson,
} from "@pruntime/core/json";
import { replyHash, requestHash, type Statement, signStatement } from "@pruntime/core/statement";
import { rulesNumber } from "@pruntime/core/version";

/** The identity key of a worker whose test gives it no other. */
export const signer = crypto.secp256k1.signer(new Uint8Array(32).fill(7))!;
export const keyPair = crypto.p256.keyPair(new Uint8Array(32).fill(9))!;
/** The key to which v2 queries are sealed. */
export const queryPair = crypto.p256.keyPair(new Uint8Array(32).fill(10))!;
export const genesisHash = new Uint8Array(32).fill(1);
export const anchor = new Uint8Array(32).fill(2);
export const measurement = new Uint8Array(32).fill(0x3e);
const zeros = new Uint8Array(32);
export const chainTimeMs = 1_700_000_000_000n;

export interface Bend {
  /** The worker's identity key. Default: {@link signer}. */
  readonly identity?: Secp256k1Signer;
  readonly statement?: (honest: Statement) => Statement;
  readonly payload?: (honest: string) => string;
  readonly raw?: (honest: RawReply) => RawReply;
  /** Returns the payload of `get_evidence`. */
  readonly evidence?: (honest: JsonObject) => Json;
  readonly status?: (honest: Record<string, Json>) => Json;
  /** The text of the sealed reply to a v2 query. */
  readonly outcome?: (query: QueryV2) => string;
  /** Returns the worker's current query key. */
  readonly queryPair?: () => P256KeyPair;
}

/** What the worker received in the latest query. */
export interface Seen {
  text?: string;
  origin?: Uint8Array | undefined;
  /** Absent for a plain or v1 query. */
  query?: QueryV2;
}

/** A refusal that is not sealed. */
function refusal(code: string): RawReply {
  const body = utf8(canonicalJson({ code, message: code, status: "error" }));
  return { status: 409, body, header: () => undefined };
}

export function fakeWorker(bend: Bend = {}, seen: Seen = {}): Transport {
  return async ({ name: action }, body) => {
    const { input } = jsonObject({ input: jsonAny, nonce: jsonAny })(
      parseJson(Buffer.from(body).toString()),
      "",
    );
    const answered = action === "query" ? answer(input, seen, bend) : undefined;
    if (answered === "other-session") return refusal("query/other-session");
    const payload = canonicalJson(
      answered !== undefined
        ? answered
        : action === "get_evidence"
          ? evidenceOf(input, bend)
          : statusOf(bend),
    );
    const sent = (action === "query" ? bend.payload?.(payload) : undefined) ?? payload;
    const honest: Statement = {
      requestHash: requestHash(crypto, action, body),
      replyHash: replyHash(crypto, sent),
      genesisHash,
      anchor,
      finalizedNumber: 12,
      finalizedHash: zeros,
      dispatchedNumber: 11,
      dispatchedHash: zeros,
      chainTimeMs,
      stateRoot: zeros,
      measurement,
      rules: rulesNumber,
      runtimeUnreadable: false,
    };
    const { identity = signer } = bend;
    const statement = signStatement(crypto, identity, bend.statement?.(honest) ?? honest);
    const headers: Record<string, string> = {
      [replyHeaders.statement]: toHex(statement.bytes),
      [replyHeaders.statementSignature]: toHex(statement.signature),
    };
    const envelope = {
      payload: sent,
      signature: toHex(identity.sign(crypto.sha256(utf8(sent)))),
      status: "ok",
    };
    const raw: RawReply = {
      status: 200,
      body: utf8(canonicalJson(envelope)),
      header: (name) => headers[name],
    };
    return bend.raw?.(raw) ?? raw;
  };
}

function statusOf(bend: Bend): Json {
  const honest: Record<string, Json> = {
    anchor: toHex(anchor),
    authorities: { count: 4, set_id: "0" },
    below_mark: false,
    chain_time_ms: String(chainTimeMs),
    channel_v1: false,
    command_source: "events",
    contracts: [{ id: 2, name: "Balances" }],
    dispatched: { hash: toHex(zeros), number: 11 },
    ecdh_public_key: toHex(keyPair.publicKey),
    finalized: { hash: toHex(zeros), number: 12 },
    genesis_balance: "none",
    mark: { finalized: { hash: toHex(zeros), number: 12 }, parachain: null, set_id: "0" },
    meaning: "proven",
    policy: null,
    policy_authority: null,
    recovery_keys: null,
    rules: rulesNumber,
    runtime_unreadable: null,
    genesis_hash: toHex(genesisHash),
    initialized: true,
    measurement: toHex(measurement),
    parachain: null,
    provider: "simulated",
    public_key: toHex((bend.identity ?? signer).publicKey),
    query_key: shownQueryKey(bend),
    query_life: 600,
    staged: null,
    state_full: null,
    state_root: toHex(zeros),
    version: "0",
  };
  return bend.status?.(honest) ?? honest;
}

type QueryKeyBend = Pick<Bend, "identity" | "queryPair">;

function shownQueryKey(bend: QueryKeyBend): { readonly public_key: string; readonly signature: string } {
  const { publicKey } = bend.queryPair?.() ?? queryPair;
  const { signature } = signQueryKey(crypto, bend.identity ?? signer, { genesisHash, anchor }, publicKey);
  return { public_key: toHex(publicKey), signature: toHex(signature) };
}

const readNonce = jsonObject({ nonce: jsonHex(32) });

function evidenceOf(input: Json, bend: Bend): Json {
  const { nonce } = readNonce(input, "");
  const { identity, queryPair } = bend;
  const honest = shownEvidence({ nonce, ...(identity && { identity }), ...(queryPair && { queryPair }) });
  return bend.evidence?.(honest) ?? honest;
}

/** Code that held a worker's keys before it, other than {@link measurement}. */
export const past: Holder = {
  kind: "simulated",
  code: { measurement: "0f".repeat(32) },
  block: { number: 1, hash: new Uint8Array(32) },
};

/** Returns evidence as a worker sends it, with any of its parts altered on request. */
export function shownEvidence({
  nonce,
  code = measurement,
  key = keyPair.publicKey,
  start = anchor,
  purpose = "worker",
  lineage = [],
  operator,
  identity = signer,
  ...queryKey
}: QueryKeyBend & {
  readonly nonce: Uint8Array;
  readonly code?: Uint8Array;
  readonly key?: Uint8Array;
  readonly start?: Uint8Array;
  readonly purpose?: "worker" | "registration";
  readonly lineage?: Lineage;
  readonly operator?: Uint8Array;
}): JsonObject {
  const keys = { publicKey: identity.publicKey, ecdhPublicKey: key };
  const data = reportData(crypto, { purpose, ...keys, genesisHash, anchor: start, nonce, lineage, operator });
  return {
    anchor: toHex(start),
    ecdh_public_key: toHex(key),
    evidence: endorsedEvidenceToJson(makeSimulated(crypto, code, data)),
    genesis_hash: toHex(genesisHash),
    lineage: lineageJson(lineage),
    nonce: toHex(nonce),
    operator: operator === undefined ? null : toHex(operator),
    provider: "simulated",
    public_key: toHex(identity.publicKey),
    query_key: shownQueryKey({ ...queryKey, identity }),
  };
}

function answer(input: Json, seen: Seen, bend: Bend): Json {
  const outer = readSignedQuery(input, "");
  const payload = decodeQueryPayload(outer.queryPayload);
  const iv = new Uint8Array(12).fill(3);
  const note = (text: string, signed: SignedQuery) =>
    Object.assign(seen, { text, origin: verifyOrigin(crypto, signed) });
  if (payload.kind !== "v2-query") {
    const { text, replyTo } = openQuery2020(crypto, keyPair, payload);
    note(text, outer);
    return replyJson(sealReply(replyTo, iv, '{"answer":42}'));
  }
  const queryKey = (bend.queryPair ?? (() => queryPair))();
  if (toHex(payload.keyId) !== toHex(queryKeyId(crypto, queryKey.publicKey))) return "other-session";
  const { padded, replyTo } = openSealedQuery(crypto, { genesisHash, keyPair: queryKey }, payload);
  const inner = decodeJson(fromUtf8(unpad(padded, leastBytes.query)), readSignedQuery);
  note(inner.queryPayload, inner);
  seen.query = decodeQueryV2(inner.queryPayload);
  const outcome = bend.outcome?.(seen.query) ?? answerText('{"answer":42}');
  return replyJson(sealReply(replyTo, iv, outcome));
}
