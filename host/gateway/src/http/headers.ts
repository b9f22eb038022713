import type { FastifyReply, FastifyRequest } from "fastify";

const nothing = "default-src 'none'; frame-ancestors 'none'";
/**
 * The content security policy of the web page and of /docs. They load only what this gateway serves, but may
 * connect to other workers and to a chain's node.
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

/** Sets the security headers of a reply. Pages of other origins may read the reply if `shared` is true. */
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
