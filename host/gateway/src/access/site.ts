/** Prevents web pages from calling operator actions through a visitor's browser. */
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/**
 * Whether the `Host` header names this machine in a way that no foreign DNS record can: by an IP address, as
 * localhost, or by a configured name. Otherwise the owner of a page could point its host name at 127.0.0.1,
 * and the page would have the same origin.
 */
export function isTrustedHost(host: string | undefined, names: readonly string[]): boolean {
  const hostname = parseHost(host)?.hostname;
  if (hostname === undefined) return false;
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return (
    isIP(bare) !== 0 ||
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    names.includes(hostname)
  );
}

/**
 * Whether a browser reports that a page of another origin sent the request. Other clients do not send these
 * headers.
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

/** The parsed `Host` header, in lower case and without the default port. */
function parseHost(host: string | undefined, protocol = "http:"): URL | undefined {
  const text = `${protocol}//${host ?? ""}/`;
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host) || !URL.canParse(text)) return undefined;
  return new URL(text);
}
