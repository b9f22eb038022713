/** The entry point that verifies evidence of any kind. */
import type { Crypto } from "../crypto/index.ts";
import { type Authentic, type EndorsedEvidence, rowOf } from "./kinds.ts";
import type { AttestationRoots } from "./roots.ts";

/**
 * Verifies the signatures of evidence and, where the kind has them, certificate chains, dates and revocation
 * lists. After that, use `verifyBinding` to check which keys the evidence is bound to, and `appraise` to
 * check the evidence against a policy.
 * @param atMs Unix milliseconds
 * @throws EvidenceError; other ProtocolErrors, which depend on the kind
 */
export function verifyEvidence(
  crypto: Crypto,
  roots: AttestationRoots,
  evidence: EndorsedEvidence,
  atMs: number,
): Authentic {
  return rowOf(evidence.kind).verify(crypto, roots, evidence, atMs);
}
