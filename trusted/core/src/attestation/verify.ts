/** The entry point that verifies evidence of any kind. */
import type { Crypto } from "../crypto/index.ts";
import { type Authentic, type EndorsedEvidence, rowOf } from "./kinds.ts";
import type { AttestationRoots } from "./roots.ts";

/**
 * Verifies signatures, chains, dates and revocations. After that, use `verifyBinding` to check the keys that
 * the evidence is bound to, and `appraise` to check the evidence against a policy.
 * @param atMs Unix milliseconds
 * @throws EvidenceError, and the errors of each kind, all of them ProtocolErrors
 */
export function verifyEvidence(
  crypto: Crypto,
  roots: AttestationRoots,
  evidence: EndorsedEvidence,
  atMs: number,
): Authentic {
  return rowOf(evidence.kind).verify(crypto, roots, evidence, atMs);
}
