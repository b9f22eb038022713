/** The text of a query inside a plain or v1 envelope. Its nonce is not checked, as in 2020. */
import {
  canonicalJson,
  decodeJson,
  type Json,
  type JsonLimits,
  jsonAny,
  jsonObject,
  jsonU32,
} from "../json/index.ts";

/** `{"contract_id","nonce","request"}`, the content of plain and v1 envelopes. */
export interface Query2020 {
  readonly contractId: number;
  readonly nonce: number;
  readonly request: Json;
}

const fields = jsonObject({ contract_id: jsonU32, nonce: jsonU32, request: jsonAny }, "ignored");

/**
 * Decodes the query from a plain or v1 envelope.
 * @throws JsonError
 */
export function decodeQuery2020(text: string, limits?: JsonLimits): Query2020 {
  const { contract_id, nonce, request } = decodeJson(text, fields, limits);
  return { contractId: contract_id, nonce, request };
}

/** Returns the text of a query, for use inside a plain or v1 envelope. */
export function encodeQuery2020({ contractId, nonce, request }: Query2020): string {
  return canonicalJson({ contract_id: contractId, nonce, request });
}
