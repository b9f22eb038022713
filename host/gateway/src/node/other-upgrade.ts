/**
 * Answers requests that offer another protocol than WebSockets, such as HTTP/2 (`Upgrade: h2c`). A server may
 * ignore such an offer. Node ignores it only on a server that serves no WebSockets.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance, InjectOptions } from "fastify";
import type { Proxies } from "../access/proxies.ts";
import { refuseSocket } from "../http/refuse.ts";

/**
 * The body of a request that offers another protocol.
 * @limit bytes
 * @source chosen: no body of a public action is longer
 * @past `http/bad-request`
 */
const maxOfferBodyBytes = 1 << 20;

/** What {@link serveOtherUpgrade} needs to know about its server. */
export interface OtherUpgradeOptions {
  readonly proxies: Proxies;
  /** Within this time, the body must arrive completely. */
  readonly requestTimeoutMs: number;
  /** Within this time, the caller must take the reply. */
  readonly replyTimeoutMs: number;
}

/**
 * Serves a request as if it had not offered another protocol, and closes its connection. A trusted proxy's
 * request is refused, because a proxy makes no such offer for its client. A request of another HTTP version
 * is refused, because the version that the operator's gate judges would be lost.
 */
export async function serveOtherUpgrade(
  app: FastifyInstance,
  { proxies, requestTimeoutMs, replyTimeoutMs }: OtherUpgradeOptions,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { upgrade: _offer, connection: _hop, "http2-settings": _settings, ...headers } = request.headers;
  const length = Number(headers["content-length"] ?? 0);
  const address = request.socket.remoteAddress;
  if (address === undefined) return void socket.destroy(); // the caller is gone
  const isPlain = headers["transfer-encoding"] === undefined && request.httpVersion === "1.1";
  if (!isPlain || proxies.isTrusted(address) || length > maxOfferBodyBytes) return refuseSocket(socket);
  const late = setTimeout(() => socket.destroy(), requestTimeoutMs);
  const payload = await readBody(socket, head, length).catch(() => undefined);
  clearTimeout(late);
  if (payload === undefined) return void socket.destroy();
  const answer = await app.inject({
    method: (request.method ?? "GET") as NonNullable<InjectOptions["method"]>,
    url: request.url ?? "/",
    headers: headers as NonNullable<InjectOptions["headers"]>,
    remoteAddress: address,
    ...(payload.length === 0 ? {} : { payload }),
  });
  const fields = Object.entries(answer.headers).flatMap(([name, value]) =>
    ["connection", "transfer-encoding", "content-length"].includes(name) ? [] : [`${name}: ${String(value)}`],
  );
  const lines = [
    `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`,
    ...fields,
    `content-length: ${answer.rawPayload.length}`,
    "connection: close",
  ];
  const slow = setTimeout(() => socket.destroy(), replyTimeoutMs);
  socket.once("close", () => clearTimeout(slow));
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  socket.end(answer.rawPayload, () => socket.destroy());
}

/** Reads the body; `undefined` if the caller disconnects before it is complete. */
async function readBody(socket: Duplex, head: Buffer, length: number): Promise<Buffer | undefined> {
  const chunks = [head];
  let bytes = head.length;
  if (bytes < length)
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes >= length) break;
    }
  return bytes < length ? undefined : Buffer.concat(chunks, bytes).subarray(0, length);
}
