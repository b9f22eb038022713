/** The embedded chain's JSON-RPC server: WebSocket and HTTP on one port. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { ServeOptions } from "../options.ts";
import type { Devchain } from "../types.ts";
import { Connection } from "./connection.ts";
import { createHttpHandler } from "./http.ts";
import { methodsOf } from "./methods.ts";
import { NodeView } from "./node-view.ts";

const defaults = {
  port: 0,
  host: "127.0.0.1",
  api: "both",
  maxMessageBytes: 15 << 20, // the default of polkadot-sdk's `--rpc-max-request-size`
  maxConnections: 100,
  maxSubscriptions: 1024,
  maxBatchRequests: 100,
  maxResponseLength: 64 << 20,
  maxBufferedBytes: 64 << 20,
} as const satisfies Required<ServeOptions>;

/** A server that answers JSON-RPC for a chain over WebSocket and HTTP. */
export interface Served {
  /** `ws://…`; HTTP is on the same port. */
  readonly url: string;
  /** Ends every connection and stops listening. The chain stays open. */
  readonly close: () => Promise<void>;
}

/** Serves a chain, by default on 127.0.0.1. */
export async function serveDevchain(chain: Devchain, options: ServeOptions = {}): Promise<Served> {
  const settings = { ...defaults, ...options };
  const node = new NodeView(chain);
  const methods = methodsOf(settings.api, chain.role);
  const server = createServer(createHttpHandler(node, methods, settings));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: settings.maxMessageBytes,
    clientTracking: true,
  });
  server.maxConnections = 2 * settings.maxConnections; // for HTTP and WebSockets; WebSockets may use half
  server.on("upgrade", (request, socket, head) => {
    if (sockets.clients.size >= settings.maxConnections) refuse(socket);
    else
      sockets.handleUpgrade(
        request,
        socket,
        head,
        (client) => new Connection(client, node, methods, settings),
      );
  });
  await listen(server, settings.port, settings.host);
  return { url: urlOf(server.address() as AddressInfo), close: () => close(server, sockets) };
}

function refuse(socket: Duplex): void {
  socket.on("error", () => socket.destroy());
  socket.end("HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject).on("error", () => {}); // a refused connection does not stop the server
      resolve();
    });
  });
}

/** The URL of an address on this machine. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === "0.0.0.0" || address === "::") return `ws://127.0.0.1:${port}`;
  return `ws://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

function close(server: Server, sockets: WebSocketServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const client of sockets.clients) client.terminate();
    sockets.close();
    server.closeAllConnections();
  });
}
