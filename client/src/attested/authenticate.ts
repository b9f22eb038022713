/** Verifies evidence against the roots that a client trusts. */
import {
  type Authentic,
  developmentRoots,
  type EndorsedEvidence,
  hardwareRoots,
  verifyEvidence,
} from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";

/**
 * Verifies evidence against the hardware makers' roots.
 * @param simulation whether the simulation's key is also trusted. Set this only if a policy accepts simulated
 * evidence, or if the caller does not rely on the result.
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
