/**
 * The client's side of the channel: it seals commands and queries to a worker's key and opens the replies.
 * A function that seals a command or a v1 message with a random key has a deterministic variant, `…WithKey`,
 * that takes the key as a parameter. A key for a v2 message must never be used for a second message.
 */
import { equal, utf8 } from "../bytes/index.ts";
import type { Aead, Crypto, P256KeyPair, Random } from "../crypto/index.ts";
import { type CommandBinding, channelInfo, commandAad, replyContext, type WorkerAddress } from "./binding.ts";
import { ChannelError } from "./error.ts";
import { type HpkeContext, setupBaseSender, sharedX } from "./hpke.ts";
import { openPadded, openText } from "./open-text.ts";
import { leastBytes, pad } from "./padding.ts";
import type { CipherPayload, PlainPayload, Reply, SealedPayload, SealedQuery } from "./payload.ts";
import { queryKeyId } from "./query-key.ts";

/**
 * The kind that the reply to a query must have, and the key that opens an encrypted reply. `requestIv` is the
 * IV of a v1 query. A reply with the same IV is refused.
 */
export type ReplySession =
  | { readonly kind: "plain" }
  | { readonly kind: "v1"; readonly aead: Aead; readonly requestIv: Uint8Array }
  | { readonly kind: "v2"; readonly aead: Aead };

/** A query in its envelope, sealed or plain, and the session that opens the reply. */
export interface QueryToSend<P> {
  readonly payload: P;
  readonly session: ReplySession;
}

const empty = new Uint8Array();

/**
 * Seals a command (v2).
 * @throws {@link ChannelError} `channel/bad-point`, `channel/bad-random`; BytesError `bytes/bad-utf8`
 */
export function sealCommand(
  crypto: Crypto,
  random: Random,
  worker: WorkerAddress,
  binding: CommandBinding,
  text: string,
): SealedPayload {
  return sealCommandWithKey(crypto, ephemeralKey(crypto, random), worker, binding, text);
}

/** The same as {@link sealCommand}, with a given ephemeral key. */
export function sealCommandWithKey(
  crypto: Crypto,
  ephemeral: P256KeyPair,
  worker: WorkerAddress,
  binding: CommandBinding,
  text: string,
): SealedPayload {
  const context = setupBaseSender(crypto, worker.publicKey, channelInfo("command", worker), ephemeral);
  return sealV2(context, ephemeral, commandAad(binding), text);
}

/**
 * Seals the content of a query (v2) to a worker's query key. The content names the encapsulated key, so the
 * caller draws the ephemeral key first (see {@link ephemeralKey}). The ephemeral key must not be used again.
 * @throws {@link ChannelError} `channel/bad-point`; BytesError `bytes/bad-utf8`
 */
export function sealQuery(
  crypto: Crypto,
  ephemeral: P256KeyPair,
  worker: WorkerAddress,
  content: string,
): QueryToSend<SealedQuery> {
  const { publicKey } = worker;
  const context = setupBaseSender(crypto, publicKey, channelInfo("query", worker), ephemeral);
  const cipher = context.aead.seal(context.baseNonce, pad(utf8(content), leastBytes.query), empty);
  return {
    payload: { kind: "v2-query", keyId: queryKeyId(crypto, publicKey), enc: ephemeral.publicKey, cipher },
    session: { kind: "v2", aead: crypto.aes256Gcm(context.exporter(replyContext, 32)) },
  };
}

/**
 * Seals a command or query as a 2020 client did (v1).
 * @throws {@link ChannelError} `channel/bad-point`, `channel/bad-random`; BytesError `bytes/bad-utf8`
 */
export function sealV1(
  crypto: Crypto,
  random: Random,
  workerKey: Uint8Array,
  text: string,
): QueryToSend<CipherPayload> {
  return sealV1WithKey(crypto, ephemeralKey(crypto, random), random(12), workerKey, text);
}

/**
 * The same as {@link sealV1}, with a given key and 12-byte IV. Clients of 2020 kept one key for a session. No
 * IV may be used twice with the same key.
 */
export function sealV1WithKey(
  crypto: Crypto,
  own: P256KeyPair,
  iv: Uint8Array,
  workerKey: Uint8Array,
  text: string,
): QueryToSend<CipherPayload> {
  const aead = crypto.aes256Gcm(sharedX(own, workerKey));
  const payload: CipherPayload = {
    kind: "v1",
    iv,
    cipher: aead.seal(iv, utf8(text), empty),
    publicKey: own.publicKey,
  };
  return { payload, session: { kind: "v1", aead, requestIv: iv } };
}

/** Makes an unencrypted query. Everyone between client and worker can read the query and its reply. */
export function plainQuery(text: string): QueryToSend<PlainPayload> {
  return { payload: { kind: "plain", text }, session: { kind: "plain" } };
}

/** Opens a reply and returns its text. @throws {@link ChannelError}; BytesError `bytes/bad-utf8` */
export function openReply(session: ReplySession, reply: Reply): string {
  if (session.kind === "plain" && reply.kind === "plain") return reply.text;
  if (session.kind === "v2" && reply.kind === "v2")
    return openPadded(session.aead, reply.iv, reply.cipher, empty, leastBytes.reply);
  if (session.kind === "v1" && reply.kind === "v1") {
    if (equal(session.requestIv, reply.iv)) throw new ChannelError({ code: "channel/reflected" });
    return openText(session.aead, reply.iv, reply.cipher);
  }
  throw new ChannelError({ code: "channel/wrong-kind", want: session.kind, have: reply.kind });
}

/**
 * Draws a P-256 key pair. A draw fails with a probability of 2^-32. If ten draws in a row fail, the random
 * source is broken.
 * @throws {@link ChannelError} `channel/bad-random`
 */
export function ephemeralKey(crypto: Crypto, random: Random): P256KeyPair {
  for (let i = 0; i < 10; i++) {
    const keyPair = crypto.p256.keyPair(random(32));
    if (keyPair !== undefined) return keyPair;
  }
  throw new ChannelError({ code: "channel/bad-random" });
}

function sealV2(context: HpkeContext, ephemeral: P256KeyPair, aad: Uint8Array, text: string): SealedPayload {
  return {
    kind: "v2",
    enc: ephemeral.publicKey,
    cipher: context.aead.seal(context.baseNonce, pad(utf8(text), leastBytes.command), aad),
  };
}
