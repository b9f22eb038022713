/** Reads a reply and checks that the trusted worker signed it for this request. */
import {
  type Callable,
  type Carried,
  type ReplyEnvelope,
  readEnvelope,
  readRefusal,
  replyHeaders,
  replyLimits,
} from "@pruntime/api";
import { fromHex, fromUtf8, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import {
  decodeJson,
  type JsonObject,
  jsonNullable,
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
import type { KnownBlock } from "./progress.ts";
import type { RawReply } from "./transport.ts";

/** A request and its reply, exactly as they were sent. Every reply receipt contains an exchange. */
export interface Exchange {
  /** The action's name. */
  readonly action: string;
  readonly request: Uint8Array;
  /** JSON text. */
  readonly payload: string;
  /** secp256k1 r ‖ s over sha256 of the payload. */
  readonly signature: Uint8Array;
  readonly statement: SignedStatement | undefined;
  /** The block that a v2 query named as known to be final. */
  readonly knownBlock?: KnownBlock;
}

/** A reply that the trusted key signed for this request. */
export interface CheckedReply<T> {
  readonly exchange: Exchange;
  /** The payload as the action's output reader returns it. */
  readonly value: T;
  /** The verified statement of the reply; `undefined` if it has none, as before the worker is initialized. */
  readonly statement: Statement | undefined;
}

/** The payload of a 2020 error reply; `null` if the contract does not exist. */
const refusalPayload = jsonNullable(jsonObject({ message: jsonOptional(jsonString()) }, "ignored"));

/** The key that must have signed a reply. */
export interface SignerKey {
  /** Compressed secp256k1, 33 bytes. */
  readonly publicKey: Uint8Array;
}

/**
 * Checks the payload's signature and statement against the trusted key, and reads the payload.
 * @throws {@link ClientError} `client/refused`, `client/reply-too-large`, `client/bad-envelope`,
 * `client/bad-signature`; StatementError, CodecError, JsonError, BytesError
 */
export function checkReply<T>(
  crypto: Crypto,
  trusted: SignerKey,
  action: Callable<unknown, T>,
  request: Uint8Array,
  reply: RawReply,
): CheckedReply<T> {
  const { payload, signature } = openEnvelope(action, reply);
  const exchange = { action: action.name, request, payload, signature, statement: statementOf(reply) };
  const statement = checkExchange(crypto, trusted, exchange);
  return { exchange, value: readPayload(action, payload), statement };
}

/** A statement is returned if and only if the exchange has one. */
type StatementOf<E extends Exchange> = Statement | (undefined extends E["statement"] ? undefined : never);

/**
 * Verifies the payload's signature, and returns the statement that the trusted key signed for this exchange.
 * @throws {@link ClientError} `client/bad-signature`; StatementError, CodecError
 */
export function checkExchange<E extends Exchange>(
  crypto: Crypto,
  trusted: SignerKey,
  exchange: E,
): StatementOf<E>;
export function checkExchange(crypto: Crypto, trusted: SignerKey, exchange: Exchange): Statement | undefined {
  const { action, request, payload, statement } = exchange;
  if (!isSignedBy(crypto, trusted, exchange)) throw new ClientError({ code: "client/bad-signature" });
  if (statement === undefined) return undefined;
  const hashes = { requestHash: requestHash(crypto, action, request), replyHash: replyHash(crypto, payload) };
  return verifyStatement(crypto, trusted, hashes, statement.bytes, statement.signature);
}

/** Whether the key has signed the payload. */
export function isSignedBy(crypto: Crypto, { publicKey }: SignerKey, exchange: Exchange): boolean {
  const { payload, signature } = exchange;
  return crypto.secp256k1.verify(publicKey, crypto.sha256(utf8(payload)), signature);
}

function statementOf(reply: RawReply): SignedStatement | undefined {
  const bytes = reply.header(replyHeaders.statement);
  if (bytes === undefined) return undefined;
  return { bytes: fromHex(bytes), signature: fromHex(reply.header(replyHeaders.statementSignature) ?? "") };
}

/** The content of a reply that was not verified. */
export interface UnverifiedReply<T> {
  /** JSON text. */
  readonly payload: string;
  /** The payload as the action's output reader returns it. */
  readonly value: T;
  /** Endorsements that the host added to the evidence; the worker does not sign them. */
  readonly collateral: JsonObject | undefined;
}

/**
 * Reads a reply without verifying anything.
 * @throws {@link ClientError} `client/refused`, `client/reply-too-large`, `client/bad-envelope`; JsonError
 */
export function unverifiedReply<T>(action: Callable<unknown, T>, reply: RawReply): UnverifiedReply<T> {
  const { payload, collateral } = openEnvelope(action, reply);
  return { payload, value: readPayload(action, payload), collateral };
}

function readPayload<T>(action: Callable<unknown, T>, payload: string): T {
  return action.output(parseJson(payload, replyLimits(action)), "/payload");
}

function openEnvelope(action: Carried, reply: RawReply): ReplyEnvelope {
  const { name, maxReplyBytes } = action;
  if (reply.body.length > maxReplyBytes)
    throw new ClientError({ code: "client/reply-too-large", action: name, limit: maxReplyBytes });
  const text = wellFormed(() => fromUtf8(reply.body));
  if (reply.status !== 200) throw refusedWithCode(action, reply, text);
  const envelope = wellFormed(() => decodeJson(text, readEnvelope, replyLimits(action)));
  if (envelope.status !== "ok") throw refusedIn2020(action, reply, envelope);
  return envelope;
}

/**
 * A refusal needs no signature, because it is only shown to the user and the client draws no conclusion from
 * it.
 */
function refusedWithCode(action: Carried, { status }: RawReply, text: string): ClientError {
  const { code, message } = wellFormed(() => decodeJson(text, readRefusal, replyLimits(action)));
  return new ClientError({ code: "client/refused", status, reason: code, message });
}

function refusedIn2020(
  action: Carried,
  { status, header }: RawReply,
  { payload }: ReplyEnvelope,
): ClientError {
  const said = wellFormed(() => decodeJson(payload, refusalPayload, replyLimits(action)));
  const message = said === null ? "no such contract" : (said.message ?? "");
  return new ClientError({
    code: "client/refused",
    status,
    reason: header(replyHeaders.code) ?? "",
    message,
  });
}

function wellFormed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ClientError({ code: "client/bad-envelope" }, { cause });
  }
}
