/** Reads the addresses of callers and proxies. */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

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
