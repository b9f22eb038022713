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
  | { readonly kind: "hash"; readonly hash: Uint8Array }
  /** The policies on the chain that a key has signed. */
  | {
      readonly kind: "key";
      /** An ed25519 key, 32 bytes. */
      readonly key: Uint8Array;
      /** How long a policy must be on the chain before the code that it adds counts, in seconds. */
      readonly delaySec: number;
    };

const kinds = ["registry", "hash", "key"] as const;

/** Writes `0` for the registry, `1 ‖ hash(32)`, or `2 ‖ key(32) ‖ delay u32`. */
export function writePolicyAuthority(w: Writer, authority: PolicyAuthority): void {
  w.u8(kinds.indexOf(authority.kind));
  if (authority.kind === "hash") w.raw(fixed32(authority.hash));
  if (authority.kind === "key") w.raw(fixed32(authority.key)).u32(authority.delaySec);
}

/** Reads what {@link writePolicyAuthority} wrote. @throws CodecError */
export function readPolicyAuthority(r: Reader): PolicyAuthority {
  const tag = r.u8();
  const kind = kinds[tag];
  if (kind === undefined) throw r.badTag("PolicyAuthority", tag);
  if (kind === "registry") return { kind };
  const bytes = r.take(32).slice();
  return kind === "hash" ? { kind, hash: bytes } : { kind, key: bytes, delaySec: r.u32() };
}

/** Matches every text that {@link policyAuthorityText} returns. The delay has at most 31 years. */
const form = /^(?:registry|hash:[0-9a-f]{64}|key:[0-9a-f]{64}:(?:0|[1-9][0-9]{0,8}))$/;

/** Reads what {@link policyAuthorityText} writes. */
export const jsonPolicyAuthority: JsonReader<PolicyAuthority, string> = jsonMap(
  jsonPattern(form, 'registry, "hash:<hash>" or "key:<key>:<seconds>"'),
  (text) => {
    const [kind, bytes = "", seconds] = text.split(":");
    if (kind === "hash") return { kind, hash: fromHex(bytes) };
    if (kind === "key") return { kind, key: fromHex(bytes), delaySec: Number(seconds) };
    return { kind: "registry" };
  },
);

/** Returns `registry`, `hash:HASH`, or `key:KEY:SECONDS`, with hash and key in hex. */
export function policyAuthorityText(authority: PolicyAuthority): string {
  if (authority.kind === "registry") return authority.kind;
  if (authority.kind === "hash") return `hash:${toHex(authority.hash)}`;
  return `key:${toHex(authority.key)}:${authority.delaySec}`;
}
