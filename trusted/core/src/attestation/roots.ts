/**
 * Trust roots for evidence: keys of the hardware's makers, pinned here. Makers reissue the certificates from
 * time to time, but not the keys.
 */
import type { Crypto } from "../crypto/index.ts";
import type { TrustedRoot } from "../x509/index.ts";
import { azureVtpmRoot } from "./azure/root.ts";
import { intelRoot } from "./dcap/root.ts";
import { intelReportRoot } from "./ias/root.ts";
import { simulationRoot } from "./simulated.ts";
import { type AmdRoots, amdRoots } from "./snp/roots.ts";

/** One root for each kind of evidence. */
export interface AttestationRoots {
  /** The root of the certificates of SGX and TDX platforms and of their collateral. */
  readonly intel: TrustedRoot;
  /** The root of the key that signed reports of Intel's retired service for EPID. */
  readonly intelReports: TrustedRoot;
  /** The roots of the keys of SEV-SNP chips. */
  readonly amd: AmdRoots;
  /** The root of the certificates of Azure's vTPMs. */
  readonly azureVtpm: TrustedRoot;
  /**
   * The key of simulated evidence, compressed secp256k1; `undefined`, as in production, to trust no
   * simulation.
   */
  readonly simulation: Uint8Array | undefined;
}

/** The makers' published roots, and no simulation. */
export const hardwareRoots: AttestationRoots = {
  intel: intelRoot,
  intelReports: intelReportRoot,
  amd: amdRoots,
  azureVtpm: azureVtpmRoot,
  simulation: undefined,
};

/** The makers' roots, and the key of simulated evidence, under which any program can sign. */
export function developmentRoots(crypto: Pick<Crypto, "secp256k1">): AttestationRoots {
  return { ...hardwareRoots, simulation: simulationRoot(crypto) };
}
