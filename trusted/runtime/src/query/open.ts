/** Opens a query: who asks, what is asked, and how the reply is sealed. */
import {
  decodePayload,
  decodeQuery,
  openQuery,
  type Query,
  type ReplyTo,
  type SignedQuery,
  verifyOrigin,
  type WorkerChannel,
} from "@pruntime/core/channel";
import type { Crypto } from "@pruntime/core/crypto";
import { JsonError } from "@pruntime/core/json";
import { AskError } from "./error.ts";

/** Envelopes and requests longer (in UTF-16 units) or deeper than this are not read. */
const limits = { maxLength: 1 << 18, maxDepth: 16 };

/** An opened query. */
export interface Opened {
  /** The account that signed, 32 bytes; `undefined` for an anonymous query. */
  readonly origin: Uint8Array | undefined;
  readonly query: Query;
  readonly replyTo: ReplyTo;
}

/**
 * Verifies the signer of a query and opens it.
 * @throws QueryError, ChannelError, {@link AskError} `ask/malformed`; JsonError for a bad envelope
 */
export function openSigned(crypto: Crypto, channel: WorkerChannel, signed: SignedQuery): Opened {
  const origin = verifyOrigin(crypto, signed);
  const payload = decodePayload(signed.queryPayload, limits);
  const { text, replyTo } = openQuery(crypto, channel, origin, payload);
  return { origin, query: readQuery(payload.kind, text), replyTo };
}

function readQuery(kind: Parameters<typeof decodeQuery>[0], text: string): Query {
  try {
    return decodeQuery(kind, text, limits);
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new AskError({ code: "ask/malformed" }, { cause });
  }
}
