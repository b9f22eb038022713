/**
 * Policies that are signed for a chain. They are on the chain as commands with a contract id that no contract
 * has. Any account may push them, because only the signature counts.
 */
import { concat, utf8 } from "../../bytes/index.ts";
import type { Crypto } from "../../crypto/index.ts";
import { encode, Reader } from "../../scale/index.ts";
import { policyLimits } from "./decode.ts";

/** The contract id of commands that carry a signed policy. */
export const policyContractId = 0xffff_ffff;

/** A policy with a signature, which is not verified. */
export interface SignedPolicy {
  /** A policy with a higher number replaces this one. Only numbers above 0 count. */
  readonly serial: number;
  /** ed25519 over {@link signedPolicyHash}, 64 bytes. */
  readonly signature: Uint8Array;
  /** The policy's JSON in UTF-8. */
  readonly text: Uint8Array;
}

const tag = utf8("pruntime/policy/signed/1");

/** What the policy key signs: `sha256(tag ‖ genesis hash(32) ‖ serial u32 ‖ text)`. */
export function signedPolicyHash(
  crypto: Pick<Crypto, "sha256">,
  genesisHash: Uint8Array,
  { serial, text }: Pick<SignedPolicy, "serial" | "text">,
): Uint8Array {
  return crypto.sha256(
    concat(
      tag,
      genesisHash,
      encode(serial, (w, number) => w.u32(number)),
      text,
    ),
  );
}

/** Returns the payload of a command with a policy: `serial u32 ‖ signature(64) ‖ text`. */
export function encodeSignedPolicy({ serial, signature, text }: SignedPolicy): Uint8Array {
  return encode(text, (w, bytes) => w.u32(serial).raw(signature).raw(bytes));
}

/**
 * Reads what {@link encodeSignedPolicy} wrote. Returns `undefined` for a payload that is too short, or whose
 * text is longer than a policy may be. The parts are views.
 */
export function decodeSignedPolicy(payload: Uint8Array): SignedPolicy | undefined {
  const r = new Reader(payload);
  if (r.left < 4 + 64 || r.left > 4 + 64 + policyLimits.maxLength) return undefined;
  return { serial: r.u32(), signature: r.take(64), text: r.take(r.left) };
}
