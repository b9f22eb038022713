/**
 * The JSON envelopes of commands, queries and replies, on chain and over HTTP. Plain, v1 and v2 are different
 * types, so that no code can confuse them.
 *
 * | kind | request | reply |
 * |---|---|---|
 * | plain | `{"Plain":text}` | `{"Plain":text}` |
 * | v1 (2020) | `{"Cipher":{cipher_b64,iv_b64,pubkey_b64}}` | the same, with the worker's `pubkey_b64` |
 * | v2 (HPKE) | `{"Sealed":{cipher_b64,enc_b64}}` | `{"SealedReply":{cipher_b64,iv_b64}}` |
 */
import { toBase64 } from "../bytes/index.ts";
import {
  canonicalJson,
  decodeJson,
  type Json,
  type JsonLimits,
  type JsonReader,
  jsonBase64,
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

/** The HPKE form, bound to its purpose, chain, worker and sender. A command is also bound to its contract. */
export interface SealedPayload {
  readonly kind: "v2";
  /** The encapsulated key: an ephemeral P-256 public key. */
  readonly enc: Uint8Array;
  /** Ciphertext ‖ tag. */
  readonly cipher: Uint8Array;
}

/**
 * The reply to a {@link SealedPayload}, sealed under a key that only the client and the worker can derive.
 */
export interface SealedReply {
  readonly kind: "v2";
  readonly iv: Uint8Array;
  /** Ciphertext ‖ tag. */
  readonly cipher: Uint8Array;
}

/** The envelope of a command or a query. */
export type Payload = PlainPayload | CipherPayload | SealedPayload;
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
const sealedReplyFields = jsonObject({ cipher_b64: jsonBase64(), iv_b64: jsonBase64() });
const sealedReply = jsonMap(
  sealedReplyFields,
  ({ cipher_b64, iv_b64 }): SealedReply => ({ kind: "v2", iv: iv_b64, cipher: cipher_b64 }),
);

/** Reads the envelope of a command or a query from parsed JSON. */
const readPayload: JsonReader<Payload> = jsonMap(
  jsonVariant({ Plain: plain, Cipher: cipher, Sealed: sealed }),
  ({ value }) => value,
);

/** Reads a reply's envelope inside a larger value. */
export const readReply: JsonReader<Reply> = jsonMap(
  jsonVariant({ Plain: plain, Cipher: cipher, SealedReply: sealedReply }),
  ({ value }) => value,
);

/**
 * Decodes the text of a request's envelope.
 * @throws JsonError
 */
export function decodePayload(text: string, limits?: JsonLimits): Payload {
  return decodeJson(text, readPayload, limits);
}

/**
 * Decodes the text of a reply's envelope.
 * @throws JsonError
 */
export function decodeReply(text: string, limits?: JsonLimits): Reply {
  return decodeJson(text, readReply, limits);
}

/** Returns the text of a request's envelope. */
export function encodePayload(payload: Payload): string {
  if (payload.kind !== "v2") return canonicalJson(legacyJson(payload));
  return canonicalJson({ Sealed: { cipher_b64: toBase64(payload.cipher), enc_b64: toBase64(payload.enc) } });
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
