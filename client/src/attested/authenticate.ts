/** Verification of evidence under the roots that a client trusts. */
import {
  type Authentic,
  developmentRoots,
  type EndorsedEvidence,
  hardwareRoots,
  verifyEvidence,
} from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";

/**
 * Verifies evidence under the makers' roots.
 * @param simulation whether to trust the simulation's key, too: only if a policy says so, or no one relies on
 * the result
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
