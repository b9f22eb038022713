/**
 * Serves a relay's spools to other relays, read-only: `GET /GENESIS/NUMBER` answers with a record as the
 * spool stores it, and `GET /GENESIS` with the numbers of the first and the last block and the spool's size
 * in bytes. A spool contains only public chain data.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Spools } from "./spools.ts";

/** A running server. Closing it ends its connections. */
export interface ServedSpools {
  /** The address that other relays give with `--spool-from`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * The open connections to a spool.
 * @limit connections
 * @source each connection may hold one record in memory
 * @past a further connection is dropped
 */
const maxConnections = 16;
const idleMs = 30_000;

/** Serves spools. Port 0 selects any free port. */
export async function serveSpools(spools: Spools, port: number, host = "127.0.0.1"): Promise<ServedSpools> {
  const server = createServer({ requestTimeout: idleMs }, (request, response) =>
    answer(spools, request, response),
  );
  server.maxConnections = maxConnections; // each connection may hold one record in memory
  server.timeout = idleMs;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const path = /^\/([0-9a-f]{64})(?:\/(0|[1-9][0-9]{0,9}))?$/;

function answer(spools: Spools, { method, url = "" }: IncomingMessage, response: ServerResponse): void {
  if (method !== "GET") return void response.writeHead(405, { connection: "close" }).end();
  const [, genesis = "", number] = path.exec(url) ?? [];
  const store = spools.opened(genesis)?.store;
  if (store === undefined) return void response.writeHead(404).end();
  if (number === undefined)
    return void response.setHeader("content-type", "application/json").end(JSON.stringify(store.extent()));
  const record = Number(number) > 0xffff_ffff ? undefined : store.bytesAt(Number(number));
  if (record === undefined) return void response.writeHead(404).end();
  response.setHeader("content-type", "application/octet-stream").end(record);
}
