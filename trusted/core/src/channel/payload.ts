/**
 * The JSON envelopes of commands, queries and replies, on chain and over HTTP. Plain, v1 and v2 are different
 * types, so that no code can confuse them.
 *
 * | kind | request | reply |
 * |---|---|---|
 * | plain | `{"Plain":text}` | `{"Plain":text}` |
 * | v1 (2020) | `{"Cipher":{cipher_b64,iv_b64,pubkey_b64}}` | the same, with the worker's `pubkey_b64` |
 * | v2 command (HPKE) | `{"Sealed":{cipher_b64,enc_b64}}` | none |
 * | v2 query (HPKE) | `{"SealedQuery":{cipher_b64,enc_b64,key_id}}` | `{"SealedReply":{cipher_b64,iv_b64}}` |
 */
import { toBase64, toHex } from "../bytes/index.ts";
import {
  canonicalJson,
  decodeJson,
  type Json,
  type JsonLimits,
  type JsonReader,
  jsonBase64,
  jsonHex,
  jsonMap,
  jsonObject,
  jsonString,
  jsonVariant,
} from "../json/index.ts";

/** Unencrypted text, which everyone between client and worker can read. */
export interface PlainPayload {
  readonly kind: "plain";
  readonly text: string;
}

/** The form of 2020: AES-256-GCM, with the raw x-coordinate of the shared ECDH point as the key. */
export interface CipherPayload {
  readonly kind: "v1";
  readonly iv: Uint8Array;
  /** Ciphertext ‖ tag. */
  readonly cipher: Uint8Array;
  /** The P-256 key of the side that sealed the message. */
  readonly publicKey: Uint8Array;
}

/** The HPKE form of a command, bound to its purpose, chain, worker, sender and contract. */
export interface SealedPayload {
  readonly kind: "v2";
  /** The encapsulated key: an ephemeral P-256 public key. */
  readonly enc: Uint8Array;
  /** Ciphertext ‖ tag. */
  readonly cipher: Uint8Array;
}

/**
 * The HPKE form of a query, bound to its purpose, chain and query key. The signer is inside the ciphertext,
 * so that the host does not learn who asks.
 */
export interface SealedQuery {
  readonly kind: "v2-query";
  /** The name of the query key, 8 bytes (see `queryKeyId`). */
  readonly keyId: Uint8Array;
  /** The encapsulated key: an ephemeral P-256 public key. */
  readonly enc: Uint8Array;
  /** Ciphertext ‖ tag. */
  readonly cipher: Uint8Array;
}

/**
 * The reply to a {@link SealedQuery}, sealed under a key that only the client and the worker can derive.
 */
export interface SealedReply {
  readonly kind: "v2";
  readonly iv: Uint8Array;
  /** Ciphertext ‖ tag. */
  readonly cipher: Uint8Array;
}

/** The envelope of a command. */
export type Payload = PlainPayload | CipherPayload | SealedPayload;
/** The envelope of a query. */
export type QueryPayload = PlainPayload | CipherPayload | SealedQuery;
/** The envelope of a reply, of the same kind as its request. */
export type Reply = PlainPayload | CipherPayload | SealedReply;
/** The kind of an envelope: `plain`, `v1` or `v2`. */
export type ChannelKind = Payload["kind"];

const plain = jsonMap(jsonString(), (text): PlainPayload => ({ kind: "plain", text }));
const cipherFields = jsonObject(
  { cipher_b64: jsonBase64(), iv_b64: jsonBase64(), pubkey_b64: jsonBase64() },
  "ignored",
);
const cipher = jsonMap(
  cipherFields,
  ({ cipher_b64, iv_b64, pubkey_b64 }): CipherPayload => ({
    kind: "v1",
    iv: iv_b64,
    cipher: cipher_b64,
    publicKey: pubkey_b64,
  }),
);
const sealedFields = jsonObject({ cipher_b64: jsonBase64(), enc_b64: jsonBase64() });
const sealed = jsonMap(
  sealedFields,
  ({ cipher_b64, enc_b64 }): SealedPayload => ({ kind: "v2", enc: enc_b64, cipher: cipher_b64 }),
);
const sealedQuery = jsonMap(
  jsonObject({ cipher_b64: jsonBase64(), enc_b64: jsonBase64(), key_id: jsonHex(8) }),
  ({ cipher_b64, enc_b64, key_id }): SealedQuery => ({
    kind: "v2-query",
    keyId: key_id,
    enc: enc_b64,
    cipher: cipher_b64,
  }),
);
const sealedReplyFields = jsonObject({ cipher_b64: jsonBase64(), iv_b64: jsonBase64() });
const sealedReply = jsonMap(
  sealedReplyFields,
  ({ cipher_b64, iv_b64 }): SealedReply => ({ kind: "v2", iv: iv_b64, cipher: cipher_b64 }),
);

/** Reads the envelope of a command from parsed JSON. */
const readPayload: JsonReader<Payload> = jsonMap(
  jsonVariant({ Plain: plain, Cipher: cipher, Sealed: sealed }),
  ({ value }) => value,
);

/** Reads the envelope of a query from parsed JSON. */
const readQueryPayload: JsonReader<QueryPayload> = jsonMap(
  jsonVariant({ Plain: plain, Cipher: cipher, SealedQuery: sealedQuery }),
  ({ value }) => value,
);

/** Reads a reply's envelope inside a larger value. */
export const readReply: JsonReader<Reply> = jsonMap(
  jsonVariant({ Plain: plain, Cipher: cipher, SealedReply: sealedReply }),
  ({ value }) => value,
);

/**
 * Decodes the text of a command's envelope.
 * @throws JsonError
 */
export function decodePayload(text: string, limits?: JsonLimits): Payload {
  return decodeJson(text, readPayload, limits);
}

/**
 * Decodes the text of a query's envelope.
 * @throws JsonError
 */
export function decodeQueryPayload(text: string, limits?: JsonLimits): QueryPayload {
  return decodeJson(text, readQueryPayload, limits);
}

/**
 * Decodes the text of a reply's envelope.
 * @throws JsonError
 */
export function decodeReply(text: string, limits?: JsonLimits): Reply {
  return decodeJson(text, readReply, limits);
}

/** Returns the text of a command's envelope. */
export function encodePayload(payload: Payload): string {
  if (payload.kind !== "v2") return canonicalJson(legacyJson(payload));
  return canonicalJson({ Sealed: { cipher_b64: toBase64(payload.cipher), enc_b64: toBase64(payload.enc) } });
}

/** Returns the text of a query's envelope. */
export function encodeQueryPayload(payload: QueryPayload): string {
  if (payload.kind !== "v2-query") return canonicalJson(legacyJson(payload));
  const { cipher, enc, keyId } = payload;
  return canonicalJson({
    SealedQuery: { cipher_b64: toBase64(cipher), enc_b64: toBase64(enc), key_id: toHex(keyId) },
  });
}

/** A reply's envelope as JSON, for use inside another value. */
export function replyJson(reply: Reply): Json {
  if (reply.kind !== "v2") return legacyJson(reply);
  return { SealedReply: { cipher_b64: toBase64(reply.cipher), iv_b64: toBase64(reply.iv) } };
}

/** The text of a reply's envelope. */
export function encodeReply(reply: Reply): string {
  return canonicalJson(replyJson(reply));
}

function legacyJson(payload: PlainPayload | CipherPayload): Json {
  if (payload.kind === "plain") return { Plain: payload.text };
  const { cipher, iv, publicKey } = payload;
  return { Cipher: { cipher_b64: toBase64(cipher), iv_b64: toBase64(iv), pubkey_b64: toBase64(publicKey) } };
}
