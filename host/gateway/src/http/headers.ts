import type { FastifyReply, FastifyRequest } from "fastify";
import { docsPolicy } from "./docs-page.ts";

const nothing = "default-src 'none'; frame-ancestors 'none'";
/**
 * The content security policy of the web page. The page loads and connects to this gateway only, and no text
 * can become a script or an element.
 */
export const pagePolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** Sets the security headers of a reply. Pages of other origins may read the reply if `shared` is true. */
export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply, shared: boolean): void {
  const isAction = request.method === "POST";
  const policy = request.routeOptions.url === "/docs" ? docsPolicy : pagePolicy;
  reply.headers({
    "content-security-policy": isAction ? nothing : policy,
    "cross-origin-resource-policy": shared ? "cross-origin" : "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
  if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
}
