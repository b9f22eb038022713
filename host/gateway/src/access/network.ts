/** Finds the networks of a caller. */

/**
 * The networks of a caller's address. An IPv4 address is a network of its own. An IPv6 address is in a /64
 * and in a /48 network, and one subscriber controls all of the /64 and often all of the /48. All callers
 * whose address is unknown are in one network.
 */
export function networksOf(address: string | undefined): readonly [string, ...string[]] {
  const text = (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (!text.includes(":")) return [text];
  const [front = "", back] = text.split("::");
  const groups = (part: string) => part.split(":").filter((group) => group !== "");
  const missing = back === undefined ? 0 : 8 - groups(front).length - groups(back).length;
  const all = [...groups(front), ...Array<string>(Math.max(0, missing)).fill("0"), ...groups(back ?? "")];
  return [`${all.slice(0, 4).join(":")}::/64`, `${all.slice(0, 3).join(":")}::/48`];
}
