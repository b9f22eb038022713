/** Classifies a node's JSON-RPC errors. Codes and messages differ between nodes, versions and proxies. */
import type { RelayErrorDetail } from "../error.ts";

/** The `error` of a JSON-RPC answer, unchecked. */
export interface JsonRpcError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly data?: unknown;
}

const methodNotFound = -32601;
const rateLimits = new Set([429, -32029, -32005, -32097, -32999]);
const rateWords = /rate.?limit|too many (requests|calls|pending)|limit exceeded|\b429\b|over capacity|quota/i;
/**
 * The codes of jsonrpsee for requests: -32007 "Request is too big", -32010 "The batch request was too large".
 * Its codes for responses are in `responseLimits`: -32008 "Response is too big", -32011 "The batch response
 * was too large".
 * @see jsonrpsee `types/src/error.rs`
 */
const requestLimits = new Set([-32007, -32010]);
const requestWords = /\brequest\b.*\btoo (big|large)/i;
const responseLimits = new Set([-32008, -32011]);
const responseWords =
  /(response|answer|message|result)\b.*\btoo (big|large)|exceed\w* (the )?(max\w*|limit of).*\bsize/i;
/** Includes polkadot-sdk's `sp_blockchain::Error::UnknownBlock("State already discarded for …")`. */
const discardedWords = /state already discarded|state is not available|missing trie node|pruned/i;

/** Converts a node's JSON-RPC error for `method` into the relay's coded error. */
export function refusalOf(method: string, { code, message, data }: JsonRpcError): RelayErrorDetail {
  const reason = [message, data]
    .map(words)
    .filter((part) => part !== "")
    .join(": ")
    .slice(0, 200);
  const number = typeof code === "number" ? code : 0;
  if (number === methodNotFound) return { code: "relay/method-not-found", method };
  if (requestLimits.has(number) || requestWords.test(reason))
    return { code: "relay/node-request-limit", method, reason };
  if (responseLimits.has(number) || responseWords.test(reason))
    return { code: "relay/node-response-limit", method, reason };
  if (rateLimits.has(number) || rateWords.test(reason)) {
    const afterMs = waitOf(data);
    return { code: "relay/rate-limited", method, reason, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  if (discardedWords.test(reason)) return { code: "relay/state-discarded", method, reason };
  return { code: "relay/node-refused", method, reason };
}

/**
 * Converts a part of an error to text. Nodes explain an error in `data` as text or as an object, and an
 * object becomes JSON.
 */
function words(part: unknown): string {
  if (typeof part === "string") return part;
  if (typeof part !== "object" || part === null) return "";
  try {
    return JSON.stringify(part);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return ""; // nested too deeply
  }
}

/**
 * How long a node can make the relay wait.
 * @limit ms
 * @source chosen
 * @past a longer wait that a node asks for is cut to this
 */
const longestWaitMs = 60_000;

/**
 * The wait that an HTTP `Retry-After` asks for, in milliseconds; `undefined` unless the header is a number of
 * seconds.
 */
export function retryAfterMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\s*\d{1,9}\s*$/.test(header) ? millisecondsOf(Number(header)) : undefined;
}

/**
 * The wait that a provider asks for in an error's `data`, in milliseconds. Providers write the number of
 * seconds as `{rate: {backoff_seconds}}`, `{retry_after}` or `{retryAfter}`.
 */
function waitOf(data: unknown): number | undefined {
  const { retry_after, retryAfter, rate } = fieldsOf(data);
  const { backoff_seconds } = fieldsOf(rate);
  const seconds = [retry_after, retryAfter, backoff_seconds].find((value) => typeof value === "number");
  return seconds === undefined ? undefined : millisecondsOf(seconds);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function millisecondsOf(seconds: number): number {
  return Math.min(longestWaitMs, Math.max(0, 1000 * seconds));
}
