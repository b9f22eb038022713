/** JSON-RPC 2.0 to a node, over a WebSocket or over HTTP. */
import type { ConnectOptions, NodeConnection } from "./connection.ts";
import { httpConnection } from "./http.ts";
import { connectWebSocket } from "./web-socket.ts";

/**
 * How long a node may take to answer a relay.
 * @limit ms
 * @source chosen; `--timeout` sets another
 * @past `relay/node-timeout`
 */
const usualTimeoutMs = 30_000;

/**
 * A node's answer to a relay.
 * @limit bytes
 * @source four times the largest message of polkadot-sdk; `--max-message` sets another
 * @past `relay/answer-too-large`
 */
const usualMessageBytes = 64 << 20;

/**
 * Opens a connection to `ws://…`, `wss://…`, `http://…` or `https://…`.
 * @throws {@link RelayError} `relay/node-unreachable`, `relay/rate-limited`
 */
export async function connectNode(url: string, options: ConnectOptions = {}): Promise<NodeConnection> {
  const limits = { timeoutMs: usualTimeoutMs, maxMessageBytes: usualMessageBytes, ...options };
  return /^https?:/i.test(url) ? httpConnection(url, limits) : connectWebSocket(url, limits);
}
