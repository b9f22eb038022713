/** The entry point that verifies evidence of any kind. */
import type { Crypto } from "../crypto/index.ts";
import { verifyAzureHardware } from "./azure/hardware.ts";
import { verifyAzure } from "./azure/verify.ts";
import { verifyDcap } from "./dcap/verify.ts";
import { verifyDstack } from "./dstack/verify.ts";
import { verifyIas } from "./ias/verify.ts";
import type { Authentic, EndorsedEvidence, EvidenceKind, Kinds } from "./kinds.ts";
import type { AttestationRoots } from "./roots.ts";
import { verifySimulated } from "./simulated.ts";
import { verifySnp } from "./snp/verify.ts";

/**
 * Verifies evidence of one kind as of `atMs`, in Unix milliseconds. Simulated evidence has no dates and
 * ignores `atMs`.
 * @throws ProtocolError: each kind has its own subclasses
 */
type Verify<K extends EvidenceKind> = (
  crypto: Crypto,
  roots: AttestationRoots,
  evidence: Kinds[K]["endorsed"],
  atMs: number,
) => Kinds[K]["authentic"];

const verifiers: { readonly [K in EvidenceKind]: Verify<K> } = {
  sgx: (crypto, { intel }, evidence, atMs) => verifyDcap(crypto, intel, atMs, evidence),
  tdx: (crypto, { intel }, evidence, atMs) => verifyDcap(crypto, intel, atMs, evidence),
  snp: (crypto, { amd }, evidence, atMs) => verifySnp(crypto, amd, atMs, evidence),
  ias: (crypto, { intelReports }, evidence, atMs) => verifyIas(crypto, intelReports, atMs, evidence),
  azure: (crypto, roots, evidence, atMs) => {
    const hardware = verifyAzureHardware(crypto, roots, atMs, evidence);
    return verifyAzure(crypto, roots.azureVtpm, hardware, atMs, evidence);
  },
  dstack: (crypto, { intel }, evidence, atMs) => verifyDstack(crypto, intel, atMs, evidence),
  simulated: (crypto, { simulation }, evidence) => verifySimulated(crypto, simulation, evidence),
};

function verifierOf<K extends EvidenceKind>(kind: K): Verify<K> {
  return verifiers[kind];
}

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
  return verifierOf(evidence.kind)(crypto, roots, evidence, atMs);
}
