/** Whose policies decide, in a handover, which code may have a worker's keys. */
import { fromHex, toHex } from "../bytes/index.ts";
import { fixed32 } from "../chain/index.ts";
import { type JsonReader, jsonMap, jsonPattern } from "../json/index.ts";
import type { Reader, Writer } from "../scale/index.ts";

/** The source of the policies by which workers judge each other in a handover. The anchor names it. */
export type PolicyAuthority =
  /** The policy in the state of the chain's registry. */
  | { readonly kind: "registry" }
  /** The one policy with this hash, 32 bytes. */
  | { readonly kind: "hash"; readonly hash: Uint8Array };

const kinds = ["registry", "hash"] as const;

/** Writes `0` for the registry, or `1 ‖ hash(32)`. */
export function writePolicyAuthority(w: Writer, authority: PolicyAuthority): void {
  w.u8(kinds.indexOf(authority.kind));
  if (authority.kind === "hash") w.raw(fixed32(authority.hash));
}

/** Reads what {@link writePolicyAuthority} wrote. @throws CodecError */
export function readPolicyAuthority(r: Reader): PolicyAuthority {
  const tag = r.u8();
  const kind = kinds[tag];
  if (kind === undefined) throw r.badTag("PolicyAuthority", tag);
  return kind === "hash" ? { kind, hash: r.take(32).slice() } : { kind };
}

/** Matches every text that {@link policyAuthorityText} returns. */
const form = /^(?:registry|hash:[0-9a-f]{64})$/;

/** Reads what {@link policyAuthorityText} writes. */
export const jsonPolicyAuthority: JsonReader<PolicyAuthority, string> = jsonMap(
  jsonPattern(form, 'registry or "hash:<hash>"'),
  (text) => {
    const [, hash] = text.split(":");
    return hash === undefined ? { kind: "registry" } : { kind: "hash", hash: fromHex(hash) };
  },
);

/** Returns `registry`, or `hash:HASH` with the hash in hex. */
export function policyAuthorityText(authority: PolicyAuthority): string {
  return authority.kind === "hash" ? `hash:${toHex(authority.hash)}` : authority.kind;
}
