/** What is true of evidence, by the roots that are trusted for it. */
import {
  type Authentic,
  developmentRoots,
  type EndorsedEvidence,
  hardwareRoots,
  verifyEvidence,
} from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";

/**
 * @param simulation whether simulated evidence is looked at: only where a policy has said so, or nobody relies on the outcome
 * @throws EvidenceError and those of the evidence's kind
 */
export function authenticate(
  crypto: Crypto,
  evidence: EndorsedEvidence,
  atMs: number,
  simulation: boolean,
): Authentic {
  return verifyEvidence(crypto, simulation ? developmentRoots(crypto) : hardwareRoots, evidence, atMs);
}
