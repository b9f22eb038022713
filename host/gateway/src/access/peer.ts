import type { IncomingHttpHeaders } from "node:http";

/** Whether an address of a socket is this machine's own: 127.0.0.0/8, ::1, or the first mapped into IPv6. */
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

/** Whether somebody passes this request on for somebody else. These headers can only take trust away, so that who forges them gains nothing. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => forwarding.has(name) || name.startsWith("x-forwarded"));
}

/** What a request is told by. */
export interface Peer {
  readonly address: string | undefined;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Whether the caller itself is on this machine. A proxy on the same machine makes strangers look local: it is known by its headers, or, where it
 * sets none, by HTTP/1.0, which nginx has long spoken to upstreams by default and no caller of ours does.
 */
export function isLocalPeer({ address, httpVersion, headers }: Peer): boolean {
  return isLoopback(address) && !isForwarded(headers) && httpVersion !== "1.0";
}

/**
 * Whom an address counts as, for limits: an IPv4 address, or the /64 network of an IPv6 address, since one subscriber has all of that.
 */
export function networkOf(address: string | undefined): string {
  const text = (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (!text.includes(":")) return text;
  const [front = "", back] = text.split("::");
  const groups = (part: string) => part.split(":").filter((group) => group !== "");
  const missing = back === undefined ? 0 : 8 - groups(front).length - groups(back).length;
  const all = [...groups(front), ...Array<string>(Math.max(0, missing)).fill("0"), ...groups(back ?? "")];
  return `${all.slice(0, 4).join(":")}::/64`;
}
