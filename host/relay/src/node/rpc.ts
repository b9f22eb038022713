/** JSON-RPC 2.0 to a node, over a WebSocket or over HTTP. */
import type { ConnectOptions, NodeConnection } from "./connection.ts";
import { httpConnection } from "./http.ts";
import { connectWebSocket } from "./web-socket.ts";

/**
 * Opens a connection to `ws://…`, `wss://…`, `http://…` or `https://…`.
 * @throws {@link RelayError} `relay/node-unreachable`, `relay/rate-limited`
 */
export async function connectNode(url: string, options: ConnectOptions = {}): Promise<NodeConnection> {
  const limits = { timeoutMs: 30_000, maxMessageBytes: 64 << 20, ...options };
  return /^https?:/i.test(url) ? httpConnection(url, limits) : connectWebSocket(url, limits);
}
