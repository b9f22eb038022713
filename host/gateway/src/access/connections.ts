/** Decides which connections a server keeps. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Holdings } from "./holdings.ts";
import { networksOf } from "./network.ts";
import type { Proxies } from "./proxies.ts";
import { readProxyHeader } from "./proxy-protocol.ts";

/** The limits of a server's connections. */
export interface ConnectionLimits {
  /** The most open connections. */
  readonly maxConnections: number;
  /** The most open connections of one network, and the most unanswered requests of one network. */
  readonly connectionsPerNetwork: number;
  /** Within this time, a proxy must send its header of the PROXY protocol. */
  readonly headersTimeoutMs: number;
}

interface Connection {
  /** The client's networks, the widest first; empty if the peer is a proxy, which has no limit of its own. */
  networks: readonly string[];
  /** The requests that are not answered yet. */
  readonly requests: Set<IncomingMessage>;
}

/**
 * Keeps a server's connections within their limits. Must be called before the server listens.
 *
 * - A network that already holds its most gets no further connection.
 * - If all connections are taken, the network that holds the most gives one up for a network that holds less:
 *   the one that was idle for the longest time. A connection counts as idle unless a request arrived on it
 *   completely and is not yet answered. If no connection is idle, the new one is closed.
 * - A trusted proxy has no limit of its own. If it speaks the PROXY protocol, the client that it names has.
 */
export function guardConnections(server: Server, proxies: Proxies, limits: ConnectionLimits): void {
  const held = new Holdings(limits.connectionsPerNetwork);
  /** All connections; the first is idle for the longest time. */
  const open = new Map<Socket, Connection>();
  const serve = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    const { remoteAddress } = socket;
    const isProxy = proxies.isTrusted(remoteAddress);
    if (!enter(socket, isProxy ? [] : networksOf(remoteAddress))) return;
    if (isProxy && proxies.speakProxyProtocol) announce(socket, remoteAddress);
    else pass(socket);
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const connection = open.get(socket);
    connection?.requests.add(request);
    response.once("close", () => {
      connection?.requests.delete(request);
      if (connection === undefined || !open.delete(socket)) return;
      open.set(socket, connection); // idle from now on
    });
  });

  /** Hands a connection to Node's HTTP server. */
  function pass(socket: Socket): void {
    for (const listener of serve) listener.call(server, socket);
  }

  function enter(socket: Socket, networks: readonly string[]): boolean {
    if (!held.take(networks)) return refuse(socket);
    if (open.size >= limits.maxConnections && !giveUpIdle(networks)) {
      held.release(networks);
      return refuse(socket);
    }
    const connection: Connection = { networks, requests: new Set() };
    open.set(socket, connection);
    socket.on("error", () => undefined); // the socket may fail before Node's HTTP server listens
    socket.once("close", () => {
      open.delete(socket);
      held.release(connection.networks);
    });
    return true;
  }

  /** Closes an idle connection of the network that holds the most, if it holds as much as the newcomer. */
  function giveUpIdle([newcomer = ""]: readonly string[]): boolean {
    let idle: Socket | undefined;
    let most = Math.max(1, held.of(newcomer)) - 1;
    for (const [socket, { networks, requests }] of open) {
      const holds = networks[0] === undefined ? 0 : held.of(networks[0]);
      if (holds <= most || [...requests].some(({ complete }) => complete)) continue;
      idle = socket;
      most = holds;
    }
    if (idle === undefined) return false;
    const connection = open.get(idle);
    open.delete(idle);
    held.release(connection?.networks ?? []);
    if (connection !== undefined) connection.networks = [];
    idle.destroy();
    return true;
  }

  function refuse(socket: Socket): false {
    socket.destroy();
    return false;
  }

  /** Waits for the proxy's header, and counts the connection to the client that it names. */
  function announce(socket: Socket, proxy: string | undefined): void {
    const late = setTimeout(() => socket.destroy(), limits.headersTimeoutMs);
    socket.once("close", () => clearTimeout(late));
    readProxyHeader(socket, (client) => {
      clearTimeout(late);
      const connection = open.get(socket);
      if (connection === undefined || client === undefined) return void socket.destroy();
      const networks = client === null ? [] : networksOf(client);
      if (!held.take(networks)) return void socket.destroy();
      connection.networks = networks;
      proxies.announced(socket, client ?? proxy);
      pass(socket);
    });
  }
}
