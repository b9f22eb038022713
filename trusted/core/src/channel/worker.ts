/**
 * The worker's side of the channel: it opens commands and queries of every kind, and gives each reply the
 * kind of its request.
 */
import { utf8 } from "../bytes/index.ts";
import type { Aead, Crypto } from "../crypto/index.ts";
import {
  type CommandBinding,
  channelInfo,
  commandAad,
  queryAad,
  replyContext,
  type WorkerChannel,
} from "./binding.ts";
import { type HpkeContext, setupBaseRecipient, sharedX } from "./hpke.ts";
import { openText } from "./open-text.ts";
import type { CipherPayload, Payload, Reply, SealedPayload } from "./payload.ts";

/** How the reply to a query must be sealed. */
export type ReplyTo =
  | { readonly kind: "plain" }
  | { readonly kind: "v1"; readonly aead: Aead; readonly publicKey: Uint8Array }
  | { readonly kind: "v2"; readonly aead: Aead };

/** The text of a query, and how to seal the reply. */
export interface OpenedQuery {
  readonly text: string;
  readonly replyTo: ReplyTo;
}

const empty = new Uint8Array();

/**
 * Opens a command and returns its text.
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
      return openText(v1Aead(crypto, worker, payload), payload.iv, payload.cipher);
    case "v2":
      return openV2(v2Context(crypto, worker, "command", payload), commandAad(binding), payload);
  }
}

/**
 * Opens a query and returns its text and how to seal the reply. `origin` is the account whose signature on
 * the envelope has been verified, if any.
 * @throws ChannelError; BytesError `bytes/bad-utf8`
 */
export function openQuery(
  crypto: Crypto,
  worker: WorkerChannel,
  origin: Uint8Array | undefined,
  payload: Payload,
): OpenedQuery {
  switch (payload.kind) {
    case "plain":
      return { text: payload.text, replyTo: { kind: "plain" } };
    case "v1": {
      const aead = v1Aead(crypto, worker, payload);
      return {
        text: openText(aead, payload.iv, payload.cipher),
        replyTo: { kind: "v1", aead, publicKey: worker.keyPair.publicKey },
      };
    }
    case "v2": {
      const context = v2Context(crypto, worker, "query", payload);
      const text = openV2(context, queryAad(origin), payload);
      return { text, replyTo: { kind: "v2", aead: crypto.aes256Gcm(context.exporter(replyContext, 32)) } };
    }
  }
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
      return { kind: "v2", iv, cipher: replyTo.aead.seal(iv, utf8(text), empty) };
  }
}

function v1Aead(crypto: Crypto, worker: WorkerChannel, { publicKey }: CipherPayload): Aead {
  return crypto.aes256Gcm(sharedX(worker.keyPair, publicKey));
}

function v2Context(
  crypto: Crypto,
  worker: WorkerChannel,
  purpose: "command" | "query",
  { enc }: SealedPayload,
): HpkeContext {
  const info = channelInfo(purpose, { genesisHash: worker.genesisHash, publicKey: worker.keyPair.publicKey });
  return setupBaseRecipient(crypto, worker.keyPair, info, enc);
}

function openV2(context: HpkeContext, aad: Uint8Array, { cipher }: SealedPayload): string {
  return openText(context.aead, context.baseNonce, cipher, aad);
}
