/**
 * Decides which workers a client accepts. The client has the policy itself, the policy's hash, or the key
 * that must have signed the policy. A worker's host may deliver a policy but cannot choose it.
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

/** A policy from any source, with the reason to trust it. */
export interface CarriedPolicy {
  /** JSON text, signed or unsigned. */
  readonly text: string;
  readonly trusted: PolicyTrust;
}

/**
 * A policy that this client trusts as it is, given as JSON text or as a value; or a policy from any source,
 * with the reason to trust it.
 */
export type PolicySource = string | JsonObject | CarriedPolicy;

/** A policy and its hash. */
export interface TrustedPolicy {
  readonly policy: Policy;
  /** 32 bytes; see core's `policyHash`. */
  readonly hash: Uint8Array;
}

/** Reads a policy and checks that it is trusted. @throws PolicyError, JsonError */
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
