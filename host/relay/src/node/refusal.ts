/** Classifies a node's JSON-RPC errors. Codes and messages differ between nodes, versions and proxies. */
import type { RelayErrorDetail } from "../error.ts";

/** The `error` of a JSON-RPC answer, unchecked. */
export interface JsonRpcError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly data?: unknown;
}

const rateLimits = new Set([429, -32029, -32005, -32097, -32999]);
const rateWords = /rate.?limit|too many (requests|calls|pending)|limit exceeded|\b429\b|over capacity|quota/i;
/**
 * The codes of jsonrpsee: -32008 "Response is too big", -32011 "Batch response is too large".
 * @see jsonrpsee `types/src/error.rs`
 */
const sizeLimits = new Set([-32008, -32011]);
const sizeWords =
  /(response|answer|message|result)\b.*\btoo (big|large)|exceed\w* (the )?(max\w*|limit of).*\bsize/i;
/** Includes polkadot-sdk's `sp_blockchain::Error::UnknownBlock("State already discarded for …")`. */
const discardedWords = /state already discarded|state is not available|missing trie node|pruned/i;

/** Converts a node's JSON-RPC error for `method` into the relay's coded error. */
export function refusalOf(method: string, { code, message, data }: JsonRpcError): RelayErrorDetail {
  const reason = [message, data]
    .filter((part) => typeof part === "string")
    .join(": ")
    .slice(0, 200);
  const number = typeof code === "number" ? code : 0;
  if (sizeLimits.has(number) || sizeWords.test(reason))
    return { code: "relay/answer-too-large", method, reason };
  if (rateLimits.has(number) || rateWords.test(reason)) return { code: "relay/rate-limited", method, reason };
  if (discardedWords.test(reason)) return { code: "relay/state-discarded", method, reason };
  return { code: "relay/node-refused", method, reason };
}
