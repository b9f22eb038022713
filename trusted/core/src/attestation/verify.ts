/** Verifies evidence of any kind. No other function does. */
import type { Crypto } from "../crypto/index.ts";
import { type Authentic, type EndorsedEvidence, rowOf } from "./kinds.ts";
import type { AttestationRoots } from "./roots.ts";

/**
 * Verifies signatures, chains, dates and revocations. `verifyBinding` checks what the evidence is about, and
 * `appraise` whether it is enough.
 * @param atMs unix milliseconds
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
