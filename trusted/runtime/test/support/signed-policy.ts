/** Policies that the key of a test's anchor has signed. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { encodeSignedPolicy, policyContractId, signedPolicyHash } from "@pruntime/core/attestation";
import { toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import type { PolicyAuthority } from "@pruntime/core/light-client";
import { Writer } from "@pruntime/core/scale";
import { alice } from "./devchain.ts";
import { allowed } from "./handover.ts";
import type { TinyChain } from "./tiny-chain.ts";

/** The secret of the policy key, and of another key. */
export const [secret, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const delaySec = 100;
export const delayMs: number = 1_000 * delaySec;
export const authority: PolicyAuthority = { kind: "key", key: ed25519.getPublicKey(secret), delaySec };

/** Code that {@link policyOfBoth} accepts besides the allowed code. */
export const foreign: Uint8Array = new Uint8Array(32).fill(0x66);
export const policyOfBoth: string = JSON.stringify({
  version: 1,
  simulated: { measurements: [allowed, foreign].map(toHex) },
});

interface Signing {
  readonly by?: Uint8Array;
  readonly genesisHash?: Uint8Array;
}

/** The payload of a command with a signed policy. */
export function signed(
  chain: TinyChain,
  serial: number,
  policy: string | Uint8Array,
  how: Signing = {},
): Uint8Array {
  const { by = secret, genesisHash = chain.at(0).hash } = how;
  const text = typeof policy === "string" ? utf8(policy) : policy;
  const hash = signedPolicyHash(crypto, genesisHash, { serial, text });
  return encodeSignedPolicy({ serial, signature: ed25519.sign(hash, by), text });
}

/** `System.Events` with one `CommandPushed` for each payload. */
export function pushedBy(payloads: readonly Uint8Array[]): Uint8Array {
  return new Writer()
    .vec(payloads, (w, payload) =>
      w.u8(0).u32(0).u8(6).u8(0).raw(alice.id).u32(policyContractId).vecU8(payload).u32(0).u8(0),
    )
    .finish();
}
