/** Which workers a client accepts. A policy comes with the client, or is signed by somebody whose key does; a worker's host may carry it, never choose it. */
import {
  decodePolicyDocument,
  type Policy,
  type PolicyTrust,
  policyHash,
  verifyPolicy,
} from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import { canonicalJson, type JsonObject } from "@pruntime/core/json";

/** A policy out of anybody's hands, and by what it is known. */
export interface CarriedPolicy {
  /** JSON, signed or not. */
  readonly text: string;
  readonly trusted: PolicyTrust;
}

/** The JSON of a policy, as text or value, that this client vouches for itself; or one that was carried here. */
export type PolicySource = string | JsonObject | CarriedPolicy;

/** A policy as it is judged by, and its name. */
export interface TrustedPolicy {
  readonly policy: Policy;
  /** 32 bytes; see core's `policyHash`. */
  readonly hash: Uint8Array;
}

/** @throws PolicyError, JsonError */
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
