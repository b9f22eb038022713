/**
 * Trust roots for evidence: the keys of Intel, AMD and Microsoft, pinned in this program. These companies
 * reissue certificates from time to time, but the keys stay the same.
 */
import type { Crypto } from "../crypto/index.ts";
import type { TrustedRoot } from "../x509/index.ts";
import { azureVtpmRoot } from "./azure/root.ts";
import { intelRoot } from "./dcap/root.ts";
import { intelReportRoot } from "./ias/root.ts";
import { simulationRoot } from "./simulated.ts";
import { type AmdRoots, amdRoots } from "./snp/roots.ts";

/** The trust roots for all kinds of evidence. */
export interface AttestationRoots {
  /** The root for the certificates of SGX and TDX platforms, and for Intel's collateral. */
  readonly intel: TrustedRoot;
  /** The root for the reports of Intel's retired service for EPID. */
  readonly intelReports: TrustedRoot;
  /** The roots for the keys of SEV-SNP chips, one for each product. */
  readonly amd: AmdRoots;
  /** The root for the certificates of Azure's vTPMs. */
  readonly azureVtpm: TrustedRoot;
  /**
   * The key of simulated evidence, compressed secp256k1. In production it is `undefined`, and simulated
   * evidence is refused.
   */
  readonly simulation: Uint8Array | undefined;
}

/** The roots that Intel, AMD and Microsoft publish, without the simulation key. */
export const hardwareRoots: AttestationRoots = {
  intel: intelRoot,
  intelReports: intelReportRoot,
  amd: amdRoots,
  azureVtpm: azureVtpmRoot,
  simulation: undefined,
};

/**
 * {@link hardwareRoots} and the simulation key. The simulation key's secret is published, so any program can
 * sign with it.
 */
export function developmentRoots(crypto: Pick<Crypto, "secp256k1">): AttestationRoots {
  return { ...hardwareRoots, simulation: simulationRoot(crypto) };
}
