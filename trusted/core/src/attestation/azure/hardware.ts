/**
 * Verifies the hardware's part of an Azure guest's evidence. Azure's paravisor runs inside a TDX guest or an
 * SNP guest.
 */
import type { Crypto } from "../../crypto/index.ts";
import type { TrustedRoot } from "../../x509/index.ts";
import { verifyDcap } from "../dcap/verify.ts";
import { EvidenceError } from "../error.ts";
import type { EndorsedAzure } from "../evidence/azure.ts";
import type { AuthenticSnp } from "../evidence/snp.ts";
import type { AuthenticTdx } from "../evidence/tdx.ts";
import type { AmdRoots } from "../snp/roots.ts";
import { verifySnp } from "../snp/verify.ts";

interface HardwareRoots {
  readonly intel: TrustedRoot;
  readonly amd: AmdRoots;
}

/**
 * Verifies the hardware's part as of `atMs`, in Unix milliseconds.
 * @throws {@link EvidenceError} `evidence/unsupported-kind` if the hardware's evidence is an SGX quote; the
 * errors of TDX or SNP evidence
 */
export function verifyAzureHardware(
  crypto: Crypto,
  roots: HardwareRoots,
  atMs: number,
  { hardware }: Pick<EndorsedAzure, "hardware">,
): AuthenticTdx | AuthenticSnp {
  switch (hardware.kind) {
    case "tdx":
      return verifyDcap(crypto, roots.intel, atMs, hardware);
    case "snp":
      return verifySnp(crypto, roots.amd, atMs, hardware);
    case "sgx":
      throw new EvidenceError({ code: "evidence/unsupported-kind", kind: "azure" });
  }
}
