/**
 * The text of a query inside its envelope. A v2 query expires, and is answered at most once. The nonce of the
 * 2020 form is not checked.
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
} from "../json/index.ts";
import type { ChannelKind } from "./payload.ts";

/** `{"contract_id","nonce","request"}`, the content of plain and v1 envelopes. */
export interface Query2020 {
  readonly kind: "2020";
  readonly contractId: number;
  readonly nonce: number;
  readonly request: Json;
}

/** `{"contract_id","expires_at","nonce","request"}`, the content of v2 envelopes. */
export interface QueryV2 {
  readonly kind: "v2";
  readonly contractId: number;
  /** The number of the last block at which the worker may answer the query. */
  readonly expiresAt: number;
  /** 16 random bytes, which the worker remembers until `expiresAt`. */
  readonly nonce: Uint8Array;
  readonly request: Json;
}

/** A query in either form. */
export type Query = Query2020 | QueryV2;

const fields2020 = jsonObject({ contract_id: jsonU32, nonce: jsonU32, request: jsonAny }, "ignored");
const fieldsV2 = jsonObject({
  contract_id: jsonU32,
  expires_at: jsonU32,
  nonce: jsonHex(16),
  request: jsonAny,
});

/**
 * Decodes the query from an envelope of the given kind.
 * @throws JsonError
 */
export function decodeQuery(kind: ChannelKind, text: string, limits?: JsonLimits): Query {
  if (kind !== "v2") {
    const { contract_id, nonce, request } = decodeJson(text, fields2020, limits);
    return { kind: "2020", contractId: contract_id, nonce, request };
  }
  const { contract_id, expires_at, nonce, request } = decodeJson(text, fieldsV2, limits);
  return { kind: "v2", contractId: contract_id, expiresAt: expires_at, nonce, request };
}

/** Returns the text of a query, for use inside an envelope. */
export function encodeQuery(query: Query): string {
  const { contractId, request } = query;
  if (query.kind === "2020") return canonicalJson({ contract_id: contractId, nonce: query.nonce, request });
  return canonicalJson({
    contract_id: contractId,
    expires_at: query.expiresAt,
    nonce: toHex(query.nonce),
    request,
  });
}
