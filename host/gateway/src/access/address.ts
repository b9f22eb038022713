/** Reads the addresses of callers and proxies. */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { GatewayError } from "../error.ts";

/** An IP address that was read. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Reads an IPv4 or IPv6 address. An IPv4 address that is mapped into IPv6 is read as IPv4. Returns
 * `undefined` for any other text.
 */
export function readAddress(text: string): Address | undefined {
  // ipaddr.js alone would also accept forms such as 0x7f.1, which programs read differently.
  return isIP(text) === 0 ? undefined : ipaddr.process(text);
}

/** A range of addresses. */
export interface AddressRange {
  readonly first: Address;
  readonly prefixBits: number;
}

/**
 * Reads a range in CIDR notation, or one address, which is a range of its own.
 * @throws {@link GatewayError} `gateway/bad-proxy-range`, also if the address is not the first of its range
 */
export function readRange(text: string): AddressRange {
  const [address = "", bits, more] = text.split("/");
  const first = readAddress(address);
  const most = first?.kind() === "ipv4" ? 32 : 128;
  const prefixBits = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  const isRange = first !== undefined && more === undefined && prefixBits <= most;
  if (!isRange || !isFirst(first, prefixBits))
    throw new GatewayError({ code: "gateway/bad-proxy-range", range: text });
  return { first, prefixBits };
}

/** Whether an address is in a range. */
export function isInRange(address: Address, { first, prefixBits }: AddressRange): boolean {
  return address.kind() === first.kind() && address.match(first, prefixBits);
}

/** Whether all bits of the address after its first `prefixBits` are zero. */
function isFirst(address: Address, prefixBits: number): boolean {
  return address.toByteArray().every((byte, at) => {
    const free = Math.min(8, Math.max(0, 8 * (at + 1) - prefixBits));
    return byte % 2 ** free === 0;
  });
}
