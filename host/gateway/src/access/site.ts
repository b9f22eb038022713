/** Prevents web pages from calling operator actions through a visitor's browser. */
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/**
 * Whether the `Host` header names a host that no foreign DNS record can control: an IP address, localhost or
 * a subdomain of localhost. Without this check, the owner of a web page could point the page's host name at
 * 127.0.0.1, and the browser would count the gateway as part of the page's origin.
 */
export function isTrustedHost(host: string | undefined): boolean {
  const hostname = parseHost(host)?.hostname;
  if (hostname === undefined) return false;
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) !== 0 || hostname === "localhost" || hostname.endsWith(".localhost");
}

/**
 * Whether the headers say that a page of another origin sent the request. Only browsers send these headers.
 */
export function isCrossSite(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  const { origin } = headers;
  return origin !== undefined && !isOwnOrigin(origin, headers.host);
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false;
  const { protocol, host: from } = new URL(origin);
  return parseHost(host, protocol)?.host === from;
}

/**
 * Parses the `Host` header. The result is in lower case and omits the default port. Returns `undefined` if
 * the header is malformed.
 */
function parseHost(host: string | undefined, protocol = "http:"): URL | undefined {
  const text = `${protocol}//${host ?? ""}/`;
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host) || !URL.canParse(text)) return undefined;
  return new URL(text);
}
