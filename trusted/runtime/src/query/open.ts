/** Reads the content of an opened query: who asks, and what is asked. */
import { BytesError, equal, fromUtf8 } from "@pruntime/core/bytes";
import {
  decodeQuery2020,
  decodeQueryV2,
  leastBytes,
  type Query2020,
  QueryError,
  type QuerySeal,
  type QueryV2,
  readSignedQuery,
  unpad,
  verifyOrigin,
} from "@pruntime/core/channel";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeJson, JsonError, type JsonLimits } from "@pruntime/core/json";

/**
 * The envelope of a query, and the request in it.
 * @limit characters, levels
 * @source the body of a call of `query` is as long
 * @past `query/malformed`
 */
export const queryLimits: JsonLimits = { maxLength: 1 << 18, maxDepth: 16 };

/** The content of a v2 query. */
export interface OpenedContent {
  /** The account that signed the query, 32 bytes; `undefined` for an anonymous query. */
  readonly origin: Uint8Array | undefined;
  readonly query: QueryV2;
}

/**
 * Reads the content of a v2 query, and verifies its signer. `seal` describes the message from which the
 * content was opened.
 * @throws {@link QueryError} `query/malformed`, `query/resealed`, `query/bad-encoding`, `query/bad-origin`,
 * `query/bad-signature`; ChannelError `channel/bad-padding`
 */
export function openContent(crypto: Crypto, seal: QuerySeal, padded: Uint8Array): OpenedContent {
  const content = unpad(padded, leastBytes.query);
  const signed = wellFormed(() => decodeJson(fromUtf8(content), readSignedQuery, queryLimits));
  const query = wellFormed(() => decodeQueryV2(signed.queryPayload, queryLimits));
  if (!isSame(seal, query.seal)) throw new QueryError({ code: "query/resealed" });
  return { origin: verifyOrigin(crypto, signed), query };
}

/** Reads the text of a plain or v1 query. @throws {@link QueryError} `query/malformed` */
export function read2020(text: string): Query2020 {
  return wellFormed(() => decodeQuery2020(text, queryLimits));
}

function isSame(a: QuerySeal, b: QuerySeal): boolean {
  return equal(a.genesisHash, b.genesisHash) && equal(a.queryKey, b.queryKey) && equal(a.enc, b.enc);
}

function wellFormed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof JsonError || cause instanceof BytesError)) throw cause;
    throw new QueryError({ code: "query/malformed" }, { cause });
  }
}
