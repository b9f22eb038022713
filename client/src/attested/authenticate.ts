/** Evidence as it travels, and what is true of it. */
import { type Authentic, developmentRoots, hardwareRoots, readEvidence, verifyEvidence } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import type { JsonObject } from "@pruntime/core/json";

/**
 * @param simulation whether simulated evidence is looked at: only where a policy has said so, or nobody relies on the outcome
 * @throws EvidenceError and those of the evidence's kind; JsonError
 */
export function authenticate(crypto: Crypto, evidence: JsonObject, atMs: number, simulation: boolean): Authentic {
  const roots = simulation ? developmentRoots(crypto) : hardwareRoots;
  return verifyEvidence(crypto, roots, readEvidence(evidence, "evidence"), atMs);
}
