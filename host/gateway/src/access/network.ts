/** Finds the networks of a caller. */
import ipaddr from "ipaddr.js";
import { readAddress } from "./address.ts";

/**
 * The networks of a caller's address, the widest first. An IPv4 address is a network of its own. An IPv6
 * address is in a /48 and in a /64 network, and one subscriber controls all of the /64 and often all of the
 * /48. All callers whose address is unknown are in one network.
 */
export function networksOf(address: string | undefined): readonly [string, ...string[]] {
  const read = readAddress(address ?? "");
  if (read === undefined) return ["unknown"];
  if (!(read instanceof ipaddr.IPv6)) return [read.toString()];
  return [prefix(read, 3), prefix(read, 4)];
}

function prefix({ parts }: ipaddr.IPv6, groups: number): string {
  const front = parts.slice(0, groups).map((part) => part.toString(16));
  return `${front.join(":")}::/${16 * groups}`;
}
