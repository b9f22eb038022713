/** What keeps web pages from calling operator actions through their reader's browser. */
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/**
 * Whether the `Host` header names this machine in a way that no foreign DNS record can: by an IP address, as localhost, or by a configured name.
 * Otherwise a page could rebind its own name to 127.0.0.1 and be of the "same origin".
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

/** Whether a browser says that a page of another origin sent this. Other clients say nothing. */
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

/** A `Host` header in canonical form: lower case, default port dropped. */
function parseHost(host: string | undefined, protocol = "http:"): URL | undefined {
  const text = `${protocol}//${host ?? ""}/`;
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host) || !URL.canParse(text)) return undefined;
  return new URL(text);
}
