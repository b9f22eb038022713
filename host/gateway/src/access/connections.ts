/** Decides which connections a server keeps. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Principal } from "../shares/recent-use.ts";
import { Holdings } from "./holdings.ts";
import { networksOf } from "./network.ts";
import { PacedSocket } from "./paced-socket.ts";
import type { Proxies } from "./proxies.ts";
import { readProxyHeader } from "./proxy-protocol.ts";
import type { Turns } from "./turns.ts";

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
  /** The requests that are not answered yet, the first of which is being handled. */
  readonly requests: Map<IncomingMessage, () => void>;
}

/**
 * Keeps a server's connections within their limits, and divides the work on their requests among callers.
 * Must be called before the server listens, and after its listeners for requests and client errors are
 * added.
 *
 * - A network that already holds its most gets no further connection.
 * - If all connections are taken, the network that holds the most gives one up for a network that holds less:
 *   the one that was idle for the longest time. A connection counts as idle unless a request arrived on it
 *   completely and is not yet answered. If no connection is idle, the new one is closed.
 * - A trusted proxy has no limit of its own. If it speaks the PROXY protocol, the client that it names has.
 * - With `turns`, a connection is read in its caller's turns, and not while a request of it waits for its
 *   answer. A request that arrived behind another request, or through a proxy that names clients in headers,
 *   waits for a turn of its own client. So does the refusal of a request that did not arrive in time: Node
 *   finds all such requests at once, and there may be thousands.
 */
export function guardConnections(
  server: Server,
  proxies: Proxies,
  limits: ConnectionLimits,
  turns?: Turns,
): void {
  const held = new Holdings(limits.connectionsPerNetwork);
  /** All connections; the first is idle for the longest time. */
  const open = new Map<Duplex, Connection>();
  const serve = takeListeners(server, "connection");
  const handle = takeListeners(server, "request");
  server.on("connection", (socket: Socket) => {
    turns?.accepted();
    const { remoteAddress } = socket;
    const isProxy = proxies.isTrusted(remoteAddress);
    const networks = isProxy ? [] : networksOf(remoteAddress);
    const connection: Connection = { networks, requests: new Map() };
    const stream = turns === undefined ? socket : pace(socket, connection, turns);
    if (!enter(socket, stream, connection)) return;
    if (isProxy && proxies.speakProxyProtocol) announce(socket, stream, connection);
    else serve(stream);
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const stream = request.socket;
    const connection = open.get(stream);
    if (connection === undefined) return;
    const { networks, requests } = connection;
    const run = () => {
      if (!stream.destroyed) handle(request, response);
    };
    const wait =
      turns === undefined
        ? run
        : () => {
            const caller = networks.length > 0 ? networks : networksOf(proxies.clientOf(request).address);
            turns.wait(turns.principalsOf(caller), run);
          };
    requests.set(request, wait);
    response.once("close", () => {
      const wasFirst = requests.keys().next().value === request;
      requests.delete(request);
      if (!open.delete(stream)) return;
      open.set(stream, connection); // idle from now on
      if (wasFirst) requests.values().next().value?.();
      if (stream instanceof PacedSocket) stream.ask();
    });
    if (requests.size > 1) return; // runs after the request before
    if (networks.length > 0) run();
    else wait();
  });

  if (turns !== undefined) {
    const refuseUnread = takeListeners(server, "clientError");
    server.on("clientError", (error: NodeJS.ErrnoException, stream: Duplex) => {
      const connection = open.get(stream);
      if (connection === undefined || error.code !== "ERR_HTTP_REQUEST_TIMEOUT")
        return refuseUnread(error, stream);
      turns.wait(turns.principalsOf(connection.networks), () => {
        if (!waitsForAnswer(connection.requests)) refuseUnread(error, stream);
      });
    });
  }

  /** Whether the connection may be kept. */
  function enter(socket: Socket, stream: Duplex, connection: Connection): boolean {
    const { networks } = connection;
    if (!held.take(networks)) return refuse(socket);
    if (open.size >= limits.maxConnections && !giveUpIdle(networks)) {
      held.release(networks);
      return refuse(socket);
    }
    open.set(stream, connection);
    socket.on("error", () => undefined); // the socket may fail before Node's HTTP server listens
    socket.once("close", () => {
      open.delete(stream);
      held.release(connection.networks);
    });
    return true;
  }

  /** Closes an idle connection of the network that holds the most, if it holds as much as the newcomer. */
  function giveUpIdle([newcomer = ""]: readonly string[]): boolean {
    let idle: Duplex | undefined;
    let most = Math.max(1, held.of(newcomer)) - 1;
    for (const [stream, { networks, requests }] of open) {
      const holds = networks[0] === undefined ? 0 : held.of(networks[0]);
      if (holds <= most || waitsForAnswer(requests)) continue;
      idle = stream;
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
  function announce(socket: Socket, stream: Duplex, connection: Connection): void {
    const proxy = socket.remoteAddress;
    const late = setTimeout(() => socket.destroy(), limits.headersTimeoutMs);
    socket.once("close", () => clearTimeout(late));
    readProxyHeader(socket, (client) => {
      clearTimeout(late);
      if (!open.has(stream) || client === undefined) return void socket.destroy();
      const networks = client === null ? [] : networksOf(client);
      if (!held.take(networks)) return void socket.destroy();
      connection.networks = networks;
      proxies.announced(stream, client ?? proxy);
      serve(stream);
    });
  }
}

/** Removes the listeners of an event, and returns a function that calls them. */
function takeListeners(server: Server, event: string): (...args: readonly unknown[]) => void {
  const listeners = server.listeners(event);
  server.removeAllListeners(event);
  return (...args) => {
    for (const listener of listeners) listener.apply(server, args);
  };
}

/** Wraps a connection so that it is read in turns, and not while a complete request waits for its answer. */
function pace(socket: Socket, connection: Connection, turns: Turns): PacedSocket {
  let of: readonly string[] | undefined;
  let principals: readonly Principal[] = [];
  return new PacedSocket(socket, {
    wait: (read) => {
      if (of !== connection.networks) principals = turns.principalsOf(connection.networks);
      of = connection.networks;
      return turns.wait(principals, read);
    },
    mayRead: () => !waitsForAnswer(connection.requests),
  });
}

function waitsForAnswer(requests: Connection["requests"]): boolean {
  for (const { complete } of requests.keys()) if (complete) return true;
  return false;
}
