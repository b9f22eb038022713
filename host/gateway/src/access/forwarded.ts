/** Reads the headers in which proxies name the addresses from which requests came to them. */
import { type Address, readAddress } from "./address.ts";

/** A header in which each proxy appends the address from which the request came to it. */
export type ForwardingHeader = "x-forwarded-for" | "forwarded";

/**
 * Reads the addresses in a forwarding header. The proxy nearest to the gateway appended the last address. An
 * address that cannot be read is `undefined`. A malformed `Forwarded` header (RFC 7239) counts as one such
 * address.
 */
export function readHops(header: ForwardingHeader, text: string): readonly (Address | undefined)[] {
  if (header === "x-forwarded-for") return text.split(",").map((hop) => readNode(hop.trim()));
  return readForwarded(text) ?? [undefined];
}

/** One parameter of RFC 7239 with its value, a token or a quoted string, and the separator after it. */
const parameter = /\s*([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~-]+)|"((?:[^"\\]|\\.)*)")\s*(;|,|$)/y;

function readForwarded(text: string): (Address | undefined)[] | undefined {
  const hops: (Address | undefined)[] = [];
  let hop: { address: Address | undefined } | undefined;
  parameter.lastIndex = 0;
  for (;;) {
    const match = parameter.exec(text);
    if (match === null) return undefined;
    const [, name = "", token, quoted = "", end] = match;
    if (name.toLowerCase() === "for") {
      if (hop !== undefined) return undefined;
      hop = { address: readNode(token ?? quoted.replace(/\\(.)/g, "$1")) };
    }
    if (end === ";") continue;
    hops.push(hop?.address);
    hop = undefined;
    if (end === "") return hops;
  }
}

/** Reads an address with or without a port. An IPv6 address with a port is in brackets. */
function readNode(text: string): Address | undefined {
  const [, bracketed, bare] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(text) ?? [];
  return readAddress(bracketed ?? bare ?? text);
}
