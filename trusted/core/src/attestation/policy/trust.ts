/**
 * Policies that are pinned by their hash, or signed. The hash is SHA-256 over "pruntime/policy/1" and the
 * canonical JSON, so white space and the order of keys do not matter. A signature is ed25519 over that hash.
 * A signed policy is `{"policy": {…}, "signature": "<64 bytes of hex>"}`.
 */
import { concat, equal, utf8 } from "../../bytes/index.ts";
import type { Crypto } from "../../crypto/index.ts";
import { canonicalJson, type Json, jsonAny, jsonHex, jsonObject, parseJson } from "../../json/index.ts";
import { policyLimits, readPolicy } from "./decode.ts";
import { PolicyError } from "./error.ts";
import type { Policy } from "./policy.ts";

/** The reason to trust a policy: its known hash, or the key that signed the policy. */
export type PolicyTrust =
  | { readonly kind: "pinned"; readonly hash: Uint8Array }
  /** `publicKey` is an ed25519 key of 32 bytes. */
  | { readonly kind: "signed"; readonly publicKey: Uint8Array };

/** A policy that has not been verified. */
export interface PolicyDocument {
  readonly policy: Json;
  readonly signature: Uint8Array | undefined;
}

const tag = utf8("pruntime/policy/1");
const signed = jsonObject({ policy: jsonAny, signature: jsonHex(64) });

/** Separates a policy's text from its signature, and verifies neither. @throws JsonError */
export function decodePolicyDocument(text: string): PolicyDocument {
  const json = parseJson(text, policyLimits);
  const hasSignature = json !== null && typeof json === "object" && Object.hasOwn(json, "signature");
  return hasSignature ? signed(json, "") : { policy: json, signature: undefined };
}

/**
 * Computes a policy's hash. The hash pins the policy, and the policy's signature covers the hash.
 * @throws JsonError for a value that has no canonical form
 */
export function policyHash(crypto: Pick<Crypto, "sha256">, policy: Json): Uint8Array {
  return crypto.sha256(concat(tag, utf8(canonicalJson(policy))));
}

/**
 * Checks that a policy is trusted, and reads it. If `trusted` pins a hash, the policy needs no signature. If
 * `trusted` names a key, the policy may have any hash but must be signed with this key.
 * @throws {@link PolicyError}; JsonError
 */
export function verifyPolicy(
  crypto: Pick<Crypto, "sha256" | "ed25519">,
  trusted: PolicyTrust,
  document: PolicyDocument,
): Policy {
  const hash = policyHash(crypto, document.policy);
  if (trusted.kind === "pinned") {
    if (!equal(hash, trusted.hash)) throw new PolicyError({ code: "policy/wrong-hash" });
  } else {
    if (document.signature === undefined) throw new PolicyError({ code: "policy/not-signed" });
    if (!crypto.ed25519.verify(trusted.publicKey, hash, document.signature))
      throw new PolicyError({ code: "policy/bad-signature" });
  }
  return readPolicy(document.policy, "");
}
