/** Limits the connections that one network may hold open. */
import type { Server, Socket } from "node:net";
import { networksOf } from "./network.ts";

/**
 * Closes a new connection if its network already has `perNetwork` open connections. A network is an IPv4
 * address, or the /64 or /48 network of an IPv6 address. The limit leaves connections for other callers.
 */
export function capConnections(server: Server, perNetwork: number): void {
  const open = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const networks = networksOf(socket.remoteAddress);
    if (networks.some((network) => (open.get(network) ?? 0) >= perNetwork)) return void socket.destroy();
    for (const network of networks) open.set(network, (open.get(network) ?? 0) + 1);
    socket.once("close", () => {
      for (const network of networks) {
        const left = (open.get(network) ?? 1) - 1;
        if (left > 0) open.set(network, left);
        else open.delete(network);
      }
    });
  });
}
