/** Checks that a request comes from a page that this server served. */
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/**
 * Whether the page that sent a request has this server's origin. `Host` must be an IP address, `localhost` or
 * one of `allowedHosts`: a name that another party controls can be pointed at this machine (DNS rebinding).
 * `Origin` must name the same host and port.
 */
export function isOwnPage({ host, origin }: IncomingHttpHeaders, allowedHosts: readonly string[]): boolean {
  if (host === undefined || origin === undefined) return false;
  if (!isOwnHost(host, allowedHosts)) return false;
  return ["http", "https"].some((scheme) => origin === `${scheme}://${host.toLowerCase()}`);
}

/** Whether a `Host` header names this server. */
export function isOwnHost(host: string, allowedHosts: readonly string[]): boolean {
  const name = /^(.+?)(?::\d{1,5})?$/.exec(host)?.[1]?.toLowerCase() ?? "";
  const isAddress = isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
  return isAddress || name === "localhost" || allowedHosts.some((known) => known.toLowerCase() === name);
}
