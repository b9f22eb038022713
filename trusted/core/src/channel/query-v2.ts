/**
 * The text of a v2 query, which its signer signs and a wallet can show:
 * `{"PruntimeQuery":{"contract_id","enc","expires_at","expires_at_ms","genesis_hash","issued_at",
 * "known_block":{"hash","number"},"nonce","query_key","request"}}`.
 * Clients of 2020 sign envelopes. No envelope has the key `PruntimeQuery`, so no signature over an envelope
 * is valid for this text. The encapsulated key `enc` and the worker's query key bind the text to one sealed
 * message. If the worker that opened the message sealed the text again to a different worker, `enc` or
 * `query_key` would differ.
 */
import { toHex } from "../bytes/index.ts";
import {
  canonicalJson,
  decodeJson,
  type Json,
  type JsonLimits,
  jsonAny,
  jsonHex,
  jsonObject,
  jsonU32,
  jsonU64,
  jsonVariant,
} from "../json/index.ts";

/** A block's number and hash. */
export interface NamedBlock {
  readonly number: number;
  readonly hash: Uint8Array;
}

/** The content of a v2 query. */
export interface QueryV2 {
  readonly contractId: number;
  readonly request: Json;
  /** 16 random bytes. The worker remembers the nonces of signed queries. */
  readonly nonce: Uint8Array;
  /**
   * The latest block that the client knows to be final; the genesis block if it knows none. The worker
   * answers only if the block is part of the chain that it has dispatched.
   */
  readonly knownBlock: NamedBlock;
  /** The number of a block that the worker had dispatched when the query was made. */
  readonly issuedAt: number;
  /** The number of the last block at which the worker may answer the query. */
  readonly expiresAt: number;
  /** The last chain time at which the worker may answer the query, in Unix milliseconds. */
  readonly expiresAtMs: bigint;
  readonly seal: QuerySeal;
}

/** The sealed message to which a query's text is bound. */
export interface QuerySeal {
  readonly genesisHash: Uint8Array;
  /** The worker's query key, 65 bytes. */
  readonly queryKey: Uint8Array;
  /** The encapsulated key, 65 bytes. */
  readonly enc: Uint8Array;
}

const content = jsonObject({
  contract_id: jsonU32,
  enc: jsonHex(65),
  expires_at: jsonU32,
  expires_at_ms: jsonU64,
  genesis_hash: jsonHex(32),
  issued_at: jsonU32,
  known_block: jsonObject({ hash: jsonHex(32), number: jsonU32 }),
  nonce: jsonHex(16),
  query_key: jsonHex(65),
  request: jsonAny,
});
const fields = jsonVariant({ PruntimeQuery: content });

/**
 * Decodes the text of a v2 query.
 * @throws JsonError
 */
export function decodeQueryV2(text: string, limits?: JsonLimits): QueryV2 {
  const { value } = decodeJson(text, fields, limits);
  return {
    contractId: value.contract_id,
    request: value.request,
    nonce: value.nonce,
    knownBlock: value.known_block,
    issuedAt: value.issued_at,
    expiresAt: value.expires_at,
    expiresAtMs: value.expires_at_ms,
    seal: { genesisHash: value.genesis_hash, queryKey: value.query_key, enc: value.enc },
  };
}

/** Returns the text of a v2 query. */
export function encodeQueryV2({ seal, ...query }: QueryV2): string {
  const { hash, number } = query.knownBlock;
  return canonicalJson({
    PruntimeQuery: {
      contract_id: query.contractId,
      enc: toHex(seal.enc),
      expires_at: query.expiresAt,
      expires_at_ms: String(query.expiresAtMs),
      genesis_hash: toHex(seal.genesisHash),
      issued_at: query.issuedAt,
      known_block: { hash: toHex(hash), number },
      nonce: toHex(query.nonce),
      query_key: toHex(seal.queryKey),
      request: query.request,
    },
  });
}
