/** Reads a reply and checks that the trusted worker made it, about this very request. */
import { type ActionName, replyHeaders } from "@pruntime/api";
import { fromHex, fromUtf8, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeJson, type Json, jsonHex, jsonObject, jsonOptional, jsonString, parseJson } from "@pruntime/core/json";
import { replyHash, requestHash, type Statement, verifyStatement } from "@pruntime/core/statement";
import { ClientError } from "./error.ts";
import type { RawReply } from "./transport.ts";

/** A checked reply. */
export interface CheckedReply {
  /** The value that `payload` holds as text. */
  readonly payload: Json;
  /** What the worker signed beside it; absent only while the worker is not initialized. */
  readonly statement: Statement | undefined;
}

const limits = { maxLength: 300 << 20, maxDepth: 64 };
const envelope = jsonObject({ payload: jsonString(), signature: jsonHex(64), status: jsonString() }, "ignored");
const refusal = jsonObject(
  { code: jsonOptional(jsonString()), message: jsonOptional(jsonString()), payload: jsonOptional(jsonString()) },
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
  if (!crypto.secp256k1.verify(trusted.publicKey, crypto.sha256(utf8(payload)), signature))
    throw new ClientError({ code: "client/bad-signature" });
  const exchange = { requestHash: requestHash(crypto, action, request), replyHash: replyHash(crypto, payload) };
  const bytes = reply.header(replyHeaders.statement);
  const statement =
    bytes === undefined
      ? undefined
      : verifyStatement(crypto, trusted, exchange, fromHex(bytes), fromHex(reply.header(replyHeaders.statementSignature) ?? ""));
  return { payload: parseJson(payload, limits), statement };
}

/** The payload of a reply, checked against nothing. Its name is the warning. */
export function unverifiedPayload(reply: RawReply): Json {
  return parseJson(openEnvelope(reply).payload, limits);
}

function openEnvelope(reply: RawReply): { readonly payload: string; readonly signature: Uint8Array } {
  const text = decodeText(reply.body);
  if (reply.status !== 200) throw refused(reply, text);
  const { payload, signature, status } = wellFormed(() => decodeJson(text, envelope, limits));
  if (status !== "ok") throw refused(reply, text);
  return { payload, signature };
}

/** A refusal's words are shown to a person; nothing is concluded from them, so they need no signature. */
function refused(reply: RawReply, text: string): ClientError {
  const { code, message, payload } = wellFormed(() => decodeJson(text, refusal, limits));
  const said = message ?? (payload === undefined ? undefined : wellFormed(() => messageOf(parseJson(payload, limits))));
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
