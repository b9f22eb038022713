/**
 * What travels on chain and over HTTP: the JSON envelopes of commands, queries and replies. Plain, v1 and v2 are different types, so that
 * no code can take one for another.
 *
 * | kind | request | reply |
 * |---|---|---|
 * | plain | `{"Plain":text}` | `{"Plain":text}` |
 * | v1 (2020) | `{"Cipher":{cipher_b64,iv_b64,pubkey_b64}}` | the same, `pubkey_b64` the worker's |
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

/** Text that everybody on the way may read. */
export interface PlainPayload {
  readonly kind: "plain";
  readonly text: string;
}

/** The 2020 form: AES-256-GCM under the raw x-coordinate of an ECDH point. */
export interface CipherPayload {
  readonly kind: "v1";
  readonly iv: Uint8Array;
  /** Ciphertext ‖ tag. */
  readonly cipher: Uint8Array;
  /** The sealing side's P-256 key. */
  readonly publicKey: Uint8Array;
}

/** The HPKE form, bound to chain, worker and sender. */
export interface SealedPayload {
  readonly kind: "v2";
  /** The encapsulated key: an ephemeral P-256 public key. */
  readonly enc: Uint8Array;
  /** Ciphertext ‖ tag. */
  readonly cipher: Uint8Array;
}

/** The answer to a {@link SealedPayload}, under a key that only the two ends can export. */
export interface SealedReply {
  readonly kind: "v2";
  readonly iv: Uint8Array;
  /** Ciphertext ‖ tag. */
  readonly cipher: Uint8Array;
}

export type Payload = PlainPayload | CipherPayload | SealedPayload;
export type Reply = PlainPayload | CipherPayload | SealedReply;
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

/** Reads a request's envelope that is part of a larger value. */
const readPayload: JsonReader<Payload> = jsonMap(
  jsonVariant({ Plain: plain, Cipher: cipher, Sealed: sealed }),
  ({ value }) => value,
);

/** Reads a reply's envelope that is part of a larger value. */
export const readReply: JsonReader<Reply> = jsonMap(
  jsonVariant({ Plain: plain, Cipher: cipher, SealedReply: sealedReply }),
  ({ value }) => value,
);

/** Reads a request's envelope. @throws JsonError */
export function decodePayload(text: string, limits?: JsonLimits): Payload {
  return decodeJson(text, readPayload, limits);
}

/** Reads a reply's envelope. @throws JsonError */
export function decodeReply(text: string, limits?: JsonLimits): Reply {
  return decodeJson(text, readReply, limits);
}

/** The text of a request's envelope. */
export function encodePayload(payload: Payload): string {
  if (payload.kind !== "v2") return canonicalJson(legacyJson(payload));
  return canonicalJson({ Sealed: { cipher_b64: toBase64(payload.cipher), enc_b64: toBase64(payload.enc) } });
}

/** A reply's envelope as JSON, to stand inside another value. */
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
