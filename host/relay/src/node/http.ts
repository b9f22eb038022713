/**
 * JSON-RPC 2.0 over HTTP: one POST for each request. HTTP has no subscriptions, so the relay asks for the
 * finalized head at intervals instead.
 */
import { RelayError } from "../error.ts";
import { readAtMost } from "../read-at-most.ts";
import type { Message } from "./calls.ts";
import type { ConnectOptions, NodeConnection } from "./connection.ts";
import { refusalOf, retryAfterMs } from "./refusal.ts";

/**
 * A connection that sends each request in its own POST. The first request is the first contact with the node.
 */
export function httpConnection(url: string, limits: Required<ConnectOptions>): NodeConnection {
  const closing = new AbortController();
  const closed = new Promise<void>((resolve) => {
    closing.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  let nextId = 1;
  return {
    url,
    request: (method, ...params) =>
      exchange({ url, id: nextId++, method, params, limits, closing: closing.signal }),
    subscribe: (method) => Promise.reject(new RelayError({ code: "relay/method-not-found", method })),
    closed,
    close: () => closing.abort(),
  };
}

interface Exchange {
  readonly url: string;
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
  readonly limits: Required<ConnectOptions>;
  readonly closing: AbortSignal;
}

async function exchange(of: Exchange): Promise<unknown> {
  const { url, id, method, params, limits, closing } = of;
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
      redirect: "error", // a redirect would lead to an address that the operator did not name
      signal: AbortSignal.any([timeout, closing]),
    });
    return resultOf(of, response, await textOf(of, response));
  } catch (cause) {
    if (cause instanceof RelayError) throw cause;
    if (timeout.aborted) throw new RelayError({ code: "relay/node-timeout", method }, { cause });
    throw new RelayError({ code: "relay/node-unreachable", url }, { cause });
  }
}

/** The result in a body. Nodes send JSON-RPC errors with any status; proxies send statuses without JSON. */
function resultOf({ url, id, method }: Exchange, { status, headers }: Response, body: string): unknown {
  const message = parse(body);
  const afterMs = retryAfterMs(headers.get("retry-after") ?? undefined);
  if (status === 429)
    throw new RelayError({
      code: "relay/rate-limited",
      method,
      reason: "HTTP 429",
      ...(afterMs === undefined ? {} : { afterMs }),
    });
  if (message?.error !== undefined && message.error !== null)
    throw new RelayError(refusalOf(method, message.error));
  if (status >= 500) throw new RelayError({ code: "relay/node-unreachable", url, reason: `HTTP ${status}` });
  if (status >= 400) throw new RelayError({ code: "relay/node-refused", method, reason: `HTTP ${status}` });
  if (message?.id !== id) throw new RelayError({ code: "relay/bad-answer", method });
  return message.result;
}

/** The body as text. @throws {@link RelayError} `relay/answer-too-large` */
async function textOf({ method, limits }: Exchange, { body }: Response): Promise<string> {
  const { maxMessageBytes } = limits;
  const bytes = body === null ? Buffer.alloc(0) : await readAtMost(body, maxMessageBytes);
  if (bytes !== undefined) return bytes.toString("utf8");
  throw new RelayError({ code: "relay/answer-too-large", method, reason: `over ${maxMessageBytes} bytes` });
}

function parse(body: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(body);
    return typeof message === "object" && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}
