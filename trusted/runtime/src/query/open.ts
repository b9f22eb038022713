/** Opens a query, and finds out who asks, what is asked, and how the reply must be sealed. */
import {
  decodePayload,
  decodeQuery,
  openQuery,
  type Query,
  QueryError,
  type ReplyTo,
  type SignedQuery,
  verifyOrigin,
  type WorkerChannel,
} from "@pruntime/core/channel";
import type { Crypto } from "@pruntime/core/crypto";
import { JsonError } from "@pruntime/core/json";

/** An envelope or request that is longer (in UTF-16 units) or nested deeper than this is not read. */
const limits = { maxLength: 1 << 18, maxDepth: 16 };

/** An opened query. */
export interface Opened {
  /** The account that signed the query, 32 bytes; `undefined` for an anonymous query. */
  readonly origin: Uint8Array | undefined;
  readonly query: Query;
  readonly replyTo: ReplyTo;
}

/**
 * Verifies the signer of a query and opens it.
 * @throws {@link QueryError}, ChannelError; JsonError for a bad envelope
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
    throw new QueryError({ code: "query/malformed" }, { cause });
  }
}
