import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type readRefusal, replyHeaders } from "@pruntime/api";
import type { Wire } from "@pruntime/core/json";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Refusal, type RefusalCode, refusalMessage, refusalStatus } from "../error.ts";

/** After how many seconds a caller should try again, by the HTTP status of the refusal. */
const retryAfter: Readonly<Record<number, number>> = { 429: 5, 503: 1 };

/** Answers a request with an error. */
export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const retryAfterSec = retryAfter[refusal.statusCode];
  if (retryAfterSec !== undefined) reply.header("retry-after", String(retryAfterSec));
  return reply
    .code(refusal.statusCode)
    .header(replyHeaders.code, refusal.code)
    .type("application/json; charset=utf-8")
    .send(refusalBody(refusal.code));
}

/** The path of a request, without its query string. */
export function pathOf({ url }: FastifyRequest): string {
  return url.replace(/[?#].*$/s, "");
}

/** Returns the refusal of a request that matches no route. */
export function noRoute(request: FastifyRequest, served: ReadonlySet<string>): Refusal {
  return new Refusal({ code: served.has(pathOf(request)) ? "http/bad-method" : "http/unknown-action" });
}

/**
 * Converts any error to the refusal that answers the request. Fastify's own errors have a status; any other
 * error is an internal error.
 */
export function refusalOf(error: unknown, bodyLimit: number): Refusal {
  if (error instanceof Refusal) return error;
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : 500;
  if (status === 413) return new Refusal({ code: "http/too-large", limit: bodyLimit }, { cause: error });
  if (status === 415) return new Refusal({ code: "http/bad-content-type" }, { cause: error });
  const isClients = typeof status === "number" && status >= 400 && status < 500;
  return new Refusal({ code: isClients ? "http/bad-request" : "http/internal" }, { cause: error });
}

/**
 * Answers bytes that Node could not parse as a request, or a request that did not arrive in time. There is
 * then no request object, only a socket, which is closed even if the caller keeps its side open. Also refuses
 * a request that offers another protocol, such as WebSockets: Node passes on its socket, too.
 */
export function refuseSocket(socket: Duplex, code: RefusalCode = "http/bad-request"): void {
  if (socket.destroyed) return;
  if (!socket.writable) return void socket.destroy();
  const body = refusalBody(code);
  const status = refusalStatus[code];
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

function refusalBody(code: RefusalCode): string {
  const body: Wire<typeof readRefusal> = { code, message: refusalMessage[code], status: "error" };
  return JSON.stringify(body);
}
