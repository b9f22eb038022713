/**
 * Which workers a client accepts. A policy comes with the client, or is signed by a key that does. A worker's
 * host may carry a policy, but never choose it.
 */
import {
  decodePolicyDocument,
  type Policy,
  type PolicyTrust,
  policyHash,
  verifyPolicy,
} from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import { canonicalJson, type JsonObject } from "@pruntime/core/json";

/** A policy from any source, and what makes it trusted. */
export interface CarriedPolicy {
  /** JSON, signed or not. */
  readonly text: string;
  readonly trusted: PolicyTrust;
}

/** The JSON of a policy, as text or value, that this client vouches for; or one that came from elsewhere. */
export type PolicySource = string | JsonObject | CarriedPolicy;

/** A policy, and the hash that names it. */
export interface TrustedPolicy {
  readonly policy: Policy;
  /** 32 bytes; see core's `policyHash`. */
  readonly hash: Uint8Array;
}

/** Reads a policy if it is trusted. @throws PolicyError, JsonError */
export function trustPolicy(crypto: Crypto, source: PolicySource): TrustedPolicy {
  const carried = isCarried(source);
  const document = decodePolicyDocument(
    carried ? source.text : typeof source === "string" ? source : canonicalJson(source),
  );
  const hash = policyHash(crypto, document.policy);
  return {
    hash,
    policy: verifyPolicy(crypto, carried ? source.trusted : { kind: "pinned", hash }, document),
  };
}

function isCarried(source: PolicySource): source is CarriedPolicy {
  return (
    typeof source === "object" && typeof source["text"] === "string" && typeof source["trusted"] === "object"
  );
}
