/** Opens the sockets on which the gateway's servers listen. */
import { chmod, lstat, unlink } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { GatewayError } from "../error.ts";

/** Where a server listens: on a port, or on a Unix socket. */
export type ListenAddress =
  | {
      readonly host: string;
      /** The port; 0 selects any free port. */
      readonly port: number;
      /** Takes the next free port if this port is in use. Default: false. */
      readonly orNext?: boolean;
    }
  | {
      /** The path of a Unix socket. Only the gateway's user may connect to it. */
      readonly path: string;
    };

/** How many ports `orNext` of {@link ListenAddress} tries, including the given port. */
const attempts = 50;

/**
 * Opens the socket of a server, and returns its URL without a trailing slash: `http://HOST:PORT`, or
 * `unix:PATH`.
 * @throws {@link GatewayError} `gateway/port-taken`, `gateway/socket-taken`
 */
export async function listen(app: FastifyInstance, at: ListenAddress): Promise<string> {
  if ("path" in at) return listenAtPath(app, at.path);
  const last = at.orNext === true && at.port !== 0 ? Math.min(at.port + attempts, 65_536) - 1 : at.port;
  for (let port = at.port; ; port++) {
    try {
      await app.listen({ host: at.host, port });
      return urlOf(app.server.address() as AddressInfo);
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE") throw error;
      if (port >= last)
        throw new GatewayError({ code: "gateway/port-taken", port: at.port }, { cause: error });
    }
  }
}

async function listenAtPath(app: FastifyInstance, path: string): Promise<string> {
  if (await isLeftOver(path)) await unlink(path);
  try {
    await app.listen({ path });
  } catch (error) {
    if (codeOf(error) !== "EADDRINUSE") throw error;
    throw new GatewayError({ code: "gateway/socket-taken", path }, { cause: error });
  }
  await chmod(path, 0o600);
  return `unix:${path}`;
}

/** Whether the path is a socket on which no process listens, such as the socket of a killed gateway. */
async function isLeftOver(path: string): Promise<boolean> {
  const isSocket = await lstat(path).then(
    (found) => found.isSocket(),
    () => false,
  );
  if (!isSocket) return false;
  return new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", (error) => resolve(codeOf(error) === "ECONNREFUSED"));
  });
}

/** The URL of an address on this machine. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === "0.0.0.0" || address === "::") return `http://127.0.0.1:${port}`;
  return family === "IPv6" ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
