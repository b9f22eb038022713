import type { FastifyReply, FastifyRequest } from "fastify";

const nothing = "default-src 'none'; frame-ancestors 'none'";
/**
 * The web page and /docs load only what this gateway serves; the page may connect to other workers and to a
 * chain's node.
 */
const page = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self' http: https: ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Sets the security headers of every reply. Pages of other origins may read `shared` replies. */
export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply, shared: boolean): void {
  const isAction = request.method === "POST";
  reply.headers({
    "content-security-policy": isAction ? nothing : page,
    "cross-origin-resource-policy": shared ? "cross-origin" : "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
  if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
}
