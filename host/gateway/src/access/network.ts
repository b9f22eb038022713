/** Groups callers by their network. */

/**
 * The networks to which a caller's address counts: an IPv4 address alone, or the /64 and the /48 network of
 * an IPv6 address, because one subscriber controls all of a /64 and often all of a /48. An address that is
 * not known counts as its own network.
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
