/** The one way from evidence to what is true of it. */
import type { Crypto } from "../crypto/index.ts";
import type { Authentic, AuthenticSnp, AuthenticTdx } from "./authentic.ts";
import { verifyAzure } from "./azure/index.ts";
import { verifyDcap } from "./dcap/index.ts";
import { verifyDstack } from "./dstack/index.ts";
import { EvidenceError } from "./error.ts";
import type { EndorsedAzure, EndorsedEvidence, EndorsedSimulated } from "./evidence.ts";
import { verifyIas } from "./ias/index.ts";
import type { AttestationRoots } from "./roots.ts";
import { verifySimulated } from "./simulated.ts";
import { verifySnp } from "./snp/index.ts";

/**
 * Verifies signatures, chains, dates and revocations. What the evidence is about, and whether that is enough, is for `verifyBinding` and `appraise`.
 * @param atMs unix milliseconds
 * @throws {@link EvidenceError}, and the errors of each kind, all of them ProtocolErrors
 */
export function verifyEvidence(
  crypto: Crypto,
  roots: AttestationRoots,
  evidence: EndorsedEvidence,
  atMs: number,
): Authentic {
  switch (evidence.kind) {
    case "sgx":
    case "tdx":
      return verifyDcap(crypto, roots.intel, atMs, evidence);
    case "snp":
      return verifySnp(crypto, roots.amd, atMs, evidence);
    case "ias":
      return verifyIas(crypto, roots.intelReports, atMs, evidence);
    case "azure":
      return verifyAzure(crypto, roots.azureVtpm, hardware(crypto, roots, evidence, atMs), atMs, evidence);
    case "dstack":
      return verifyDstack(crypto, roots.intel, atMs, evidence);
    case "simulated":
      return simulated(crypto, roots, evidence);
  }
}

/** What Azure's paravisor runs on: a TDX guest or an SNP guest. */
function hardware(
  crypto: Crypto,
  roots: AttestationRoots,
  evidence: EndorsedAzure,
  atMs: number,
): AuthenticTdx | AuthenticSnp {
  if (evidence.hardware.kind === "snp") return verifySnp(crypto, roots.amd, atMs, evidence.hardware);
  const found = verifyDcap(crypto, roots.intel, atMs, evidence.hardware);
  if (found.kind !== "tdx") throw new EvidenceError({ code: "evidence/unsupported-kind", kind: "azure" });
  return found;
}

function simulated(crypto: Crypto, { simulation }: AttestationRoots, evidence: EndorsedSimulated): Authentic {
  if (simulation === undefined)
    throw new EvidenceError({ code: "evidence/kind-not-trusted", kind: evidence.kind });
  return verifySimulated(crypto, simulation, evidence);
}
