/**
 * The worker's side of the channel: it opens commands and queries of every kind, and gives each reply the
 * kind of its request.
 */
import { utf8 } from "../bytes/index.ts";
import type { Aead, Crypto, P256KeyPair } from "../crypto/index.ts";
import { type CommandBinding, channelInfo, commandAad, replyContext, type WorkerChannel } from "./binding.ts";
import { type HpkeContext, setupBaseRecipient, sharedX } from "./hpke.ts";
import { openBytes, openPadded, openText, requireOpenable } from "./open-text.ts";
import { leastBytes, pad } from "./padding.ts";
import type { CipherPayload, Payload, PlainPayload, Reply, SealedPayload, SealedQuery } from "./payload.ts";

/** How the reply to a query must be sealed. */
export type ReplyTo =
  | { readonly kind: "plain" }
  | { readonly kind: "v1"; readonly aead: Aead; readonly publicKey: Uint8Array }
  | { readonly kind: "v2"; readonly aead: Aead };

/** The text of a plain or v1 query, and how to seal the reply. */
export interface OpenedQuery {
  readonly text: string;
  readonly replyTo: ReplyTo;
}

/** The content of a v2 query, and how to seal the reply. */
export interface OpenedContent {
  /** The padded UTF-8 of an encoded `SignedQuery`, if the client followed the protocol. */
  readonly padded: Uint8Array;
  readonly replyTo: ReplyTo;
}

const empty = new Uint8Array();

/**
 * Opens a command and returns its text. Refuses lengths with which nothing opens before it agrees on a key,
 * because the agreement costs a hundred times more than all other checks of an envelope.
 * @throws ChannelError; BytesError `bytes/bad-utf8`
 */
export function openCommand(
  crypto: Crypto,
  worker: WorkerChannel,
  binding: CommandBinding,
  payload: Payload,
): string {
  switch (payload.kind) {
    case "plain":
      return payload.text;
    case "v1":
      requireOpenable(payload.iv, payload.cipher);
      return openText(v1Aead(crypto, worker.keyPair, payload), payload.iv, payload.cipher);
    case "v2":
      requireOpenable(undefined, payload.cipher);
      return openV2(v2Context(crypto, worker, "command", payload.enc), commandAad(binding), payload);
  }
}

/** Opens a plain or v1 query. `own` is the worker's key agreement key. @throws as {@link openCommand} */
export function openQuery2020(
  crypto: Crypto,
  own: P256KeyPair,
  payload: PlainPayload | CipherPayload,
): OpenedQuery {
  if (payload.kind === "plain") return { text: payload.text, replyTo: { kind: "plain" } };
  const aead = v1Aead(crypto, own, payload);
  return {
    text: openText(aead, payload.iv, payload.cipher),
    replyTo: { kind: "v1", aead, publicKey: own.publicKey },
  };
}

/**
 * Opens a v2 query and returns its padded content and how to seal the reply. `session` has the query key.
 * @throws ChannelError `channel/bad-point`, `channel/bad-tag`
 */
export function openSealedQuery(
  crypto: Crypto,
  session: WorkerChannel,
  { enc, cipher }: Omit<SealedQuery, "kind" | "keyId">,
): OpenedContent {
  const context = v2Context(crypto, session, "query", enc);
  const padded = openBytes(context.aead, context.baseNonce, cipher, empty);
  return { padded, replyTo: { kind: "v2", aead: crypto.aes256Gcm(context.exporter(replyContext, 32)) } };
}

/**
 * Seals a reply, of the same kind as its request. `iv` is 12 fresh random bytes; a plain reply does not use
 * it.
 */
export function sealReply(replyTo: ReplyTo, iv: Uint8Array, text: string): Reply {
  switch (replyTo.kind) {
    case "plain":
      return { kind: "plain", text };
    case "v1":
      return {
        kind: "v1",
        iv,
        cipher: replyTo.aead.seal(iv, utf8(text), empty),
        publicKey: replyTo.publicKey,
      };
    case "v2":
      return { kind: "v2", iv, cipher: replyTo.aead.seal(iv, pad(utf8(text), leastBytes.reply), empty) };
  }
}

function v1Aead(crypto: Crypto, own: P256KeyPair, { publicKey }: CipherPayload): Aead {
  return crypto.aes256Gcm(sharedX(own, publicKey));
}

function v2Context(
  crypto: Crypto,
  worker: WorkerChannel,
  purpose: "command" | "query",
  enc: Uint8Array,
): HpkeContext {
  const info = channelInfo(purpose, { genesisHash: worker.genesisHash, publicKey: worker.keyPair.publicKey });
  return setupBaseRecipient(crypto, worker.keyPair, info, enc);
}

function openV2(context: HpkeContext, aad: Uint8Array, { cipher }: SealedPayload): string {
  return openPadded(context.aead, context.baseNonce, cipher, aad, leastBytes.command);
}
