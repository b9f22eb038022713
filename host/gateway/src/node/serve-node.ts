/**
 * Serves the chain's node to the page at `/node`, so that the page needs no address but its own. What the
 * node says is only reported: the page verifies the worker, not the node.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { Holdings } from "../access/holdings.ts";
import { networksOf } from "../access/network.ts";
import type { Proxies } from "../access/proxies.ts";
import { refuseSocket } from "../http/refuse.ts";
import { type BridgeLimits, bridge, bridgeLimits } from "./bridge.ts";
import { isOwnPage } from "./page-origin.ts";

/** The path at which the page reaches the node. */
export const nodePath = "/node";

/** The node behind the page, and the pages that may use it. */
export interface NodeOptions {
  /** The WebSocket URL of the chain's node. Without it, `/node` is refused. */
  readonly nodeUrl?: string | undefined;
  /** Names of this server, other than IP addresses and `localhost`, that pages may use it by. */
  readonly allowedHosts?: readonly string[];
  readonly nodeLimits?: BridgeLimits;
}

/**
 * The connections of pages to the node.
 * @limit connections, connections
 * @source chosen: a page needs one, and a node serves 100 by default
 * @past `http/over-share` for a further connection
 */
const connections = { max: 64, perNetwork: 16 };

/**
 * Serves `/node` on a server. Requests that offer another protocol than WebSockets are served by
 * `serveOther`. Returns a function that closes all connections.
 */
export function serveNode(
  server: Server,
  proxies: Proxies,
  { nodeUrl, allowedHosts = [], nodeLimits = bridgeLimits }: NodeOptions,
  serveOther: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: nodeLimits.maxCallBytes,
    perMessageDeflate: false,
  });
  const held = new Holdings(connections.perNetwork);
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if (request.headers.upgrade?.toLowerCase() !== "websocket") return serveOther(request, socket, head);
    if (request.url?.replace(/\?.*$/s, "") !== nodePath) return refuseSocket(socket, "http/unknown-action");
    if (nodeUrl === undefined) return refuseSocket(socket, "http/no-node");
    if (!isOwnPage(request.headers, allowedHosts)) return refuseSocket(socket, "http/foreign-page");
    const networks = networksOf(proxies.clientOf(request).address);
    if (sockets.clients.size >= connections.max || !held.take(networks))
      return refuseSocket(socket, "http/over-share");
    socket.once("close", () => held.release(networks));
    sockets.handleUpgrade(request, socket, head, (page) => bridge(page, nodeUrl, nodeLimits));
  });
  return () => {
    for (const page of sockets.clients) page.terminate();
  };
}
