/** Reads a reply and checks that the trusted worker made it, about this very request. */
import { type ActionName, replyHeaders } from "@pruntime/api";
import { fromHex, fromUtf8, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import {
  decodeJson,
  type Json,
  jsonAny,
  jsonHex,
  jsonObject,
  jsonOptional,
  jsonString,
  parseJson,
} from "@pruntime/core/json";
import {
  replyHash,
  requestHash,
  type SignedStatement,
  type Statement,
  verifyStatement,
} from "@pruntime/core/statement";
import { ClientError } from "./error.ts";
import type { RawReply } from "./transport.ts";

/** A request and what came back, as they travelled: what a receipt is made of. */
export interface Exchange {
  readonly action: ActionName;
  readonly request: Uint8Array;
  /** JSON text. */
  readonly payload: string;
  /** secp256k1 r ‖ s over sha256 of the payload. */
  readonly signature: Uint8Array;
  readonly statement: SignedStatement | undefined;
}

/** A checked reply. */
export interface CheckedReply {
  readonly exchange: Exchange;
  /** The value that `payload` holds as text. */
  readonly payload: Json;
  /** What the worker signed beside it; absent only while the worker is not initialized. */
  readonly statement: Statement | undefined;
}

const limits = { maxLength: 300 << 20, maxDepth: 64 };
const envelope = jsonObject(
  { collateral: jsonOptional(jsonAny), payload: jsonString(), signature: jsonHex(64), status: jsonString() },
  "ignored",
);
const refusal = jsonObject(
  {
    code: jsonOptional(jsonString()),
    message: jsonOptional(jsonString()),
    payload: jsonOptional(jsonString()),
  },
  "ignored",
);
const errorPayload = jsonObject({ message: jsonOptional(jsonString()) }, "ignored");

/** The keys a worker's reply reveals: used where a client has nothing better to trust yet. */
export interface SignerKey {
  /** Compressed secp256k1. */
  readonly publicKey: Uint8Array;
}

/**
 * Checks payload signature and statement against the trusted key.
 * @throws {@link ClientError} `client/refused`, `client/bad-envelope`, `client/bad-signature`; StatementError
 */
export function checkReply(
  crypto: Crypto,
  trusted: SignerKey,
  action: ActionName,
  request: Uint8Array,
  reply: RawReply,
): CheckedReply {
  const { payload, signature } = openEnvelope(reply);
  const exchange = { action, request, payload, signature, statement: statementOf(reply) };
  return {
    exchange,
    payload: parseJson(payload, limits),
    statement: checkExchange(crypto, trusted, exchange),
  };
}

/** There is one exactly if one came. */
type StatementOf<E extends Exchange> = Statement | (undefined extends E["statement"] ? undefined : never);

/** What the trusted key signed beside a payload, about this very exchange. @throws {@link ClientError} `client/bad-signature`; StatementError */
export function checkExchange<E extends Exchange>(
  crypto: Crypto,
  trusted: SignerKey,
  exchange: E,
): StatementOf<E>;
export function checkExchange(crypto: Crypto, trusted: SignerKey, exchange: Exchange): Statement | undefined {
  const { action, request, payload, signature, statement } = exchange;
  if (!crypto.secp256k1.verify(trusted.publicKey, crypto.sha256(utf8(payload)), signature))
    throw new ClientError({ code: "client/bad-signature" });
  if (statement === undefined) return undefined;
  const hashes = { requestHash: requestHash(crypto, action, request), replyHash: replyHash(crypto, payload) };
  return verifyStatement(crypto, trusted, hashes, statement.bytes, statement.signature);
}

function statementOf(reply: RawReply): SignedStatement | undefined {
  const bytes = reply.header(replyHeaders.statement);
  if (bytes === undefined) return undefined;
  return { bytes: fromHex(bytes), signature: fromHex(reply.header(replyHeaders.statementSignature) ?? "") };
}

/** What a reply says, checked against nothing. Its name is the warning. */
export interface UnverifiedReply {
  readonly payload: Json;
  /** What the host put beside it to complete evidence; the worker does not sign it. */
  readonly collateral: Json | undefined;
}

/** @throws {@link ClientError} `client/refused`, `client/bad-envelope` */
export function unverifiedReply(reply: RawReply): UnverifiedReply {
  const { payload, collateral } = openEnvelope(reply);
  return { payload: parseJson(payload, limits), collateral };
}

/** The payload of a reply, checked against nothing. */
export function unverifiedPayload(reply: RawReply): Json {
  return unverifiedReply(reply).payload;
}

function openEnvelope(reply: RawReply): Omit<ReturnType<typeof envelope>, "status"> {
  const text = decodeText(reply.body);
  if (reply.status !== 200) throw refused(reply, text);
  const { status, ...rest } = wellFormed(() => decodeJson(text, envelope, limits));
  if (status !== "ok") throw refused(reply, text);
  return rest;
}

/** A refusal's words are shown to a person; nothing is concluded from them, so they need no signature. */
function refused(reply: RawReply, text: string): ClientError {
  const { code, message, payload } = wellFormed(() => decodeJson(text, refusal, limits));
  const said =
    message ?? (payload === undefined ? undefined : wellFormed(() => messageOf(parseJson(payload, limits))));
  const reason = code ?? reply.header(replyHeaders.code) ?? "";
  return new ClientError({ code: "client/refused", status: reply.status, reason, message: said ?? "" });
}

function messageOf(payload: Json): string | undefined {
  return payload === null ? "no such contract" : errorPayload(payload, "payload").message;
}

function decodeText(body: Uint8Array): string {
  return wellFormed(() => fromUtf8(body));
}

function wellFormed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ClientError({ code: "client/bad-envelope" }, { cause });
  }
}
