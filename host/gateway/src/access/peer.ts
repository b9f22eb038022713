import type { IncomingHttpHeaders } from "node:http";

/** Whether a socket address is a loopback address: 127.0.0.0/8, ::1, or 127.0.0.0/8 mapped into IPv6. */
export function isLoopback(address: string | undefined): boolean {
  return (
    address !== undefined &&
    (address === "::1" || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address))
  );
}

const forwarding = new Set([
  "forwarded",
  "via",
  "x-real-ip",
  "x-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
]);

/**
 * Whether the headers say that a proxy forwarded this request for another client. Such a header can only
 * remove trust, so a caller gains nothing by forging it.
 */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => forwarding.has(name) || name.startsWith("x-forwarded"));
}

/** The facts by which the gateway identifies a caller. */
export interface Peer {
  readonly address: string | undefined;
  /** Whether a trusted proxy sent the request. */
  readonly viaProxy: boolean;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Whether the caller itself is on this machine. A proxy on the same machine makes remote callers look local.
 * The gateway recognizes a proxy by the headers that the proxy adds, or by HTTP/1.0. By default, nginx sends
 * HTTP/1.0 to upstream servers, and none of our own programs uses that version.
 */
export function isLocalPeer({ address, viaProxy, httpVersion, headers }: Peer): boolean {
  return isLoopback(address) && !viaProxy && !isForwarded(headers) && httpVersion !== "1.0";
}
