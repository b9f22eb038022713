/**
 * Evidence of Azure guests: a quote of the vTPM, and the hardware's evidence for the key that signed the
 * quote.
 */
import type { AuthenticClaims } from "./claims.ts";
import {
  bytesPart,
  certificatesPart,
  type EvidenceForm,
  jsonForm,
  type Part,
  readByKind,
  registersPart,
} from "./form.ts";
import { evidenceLimits } from "./limits.ts";
import { type EndorsedSgx, sgxForm } from "./sgx.ts";
import { type AuthenticSnp, type EndorsedSnp, snpForm } from "./snp.ts";
import { type AuthenticTdx, type EndorsedTdx, tdxForm } from "./tdx.ts";

/** The complete evidence for a verifier. No worker produces this kind. */
export interface EndorsedAzure {
  readonly kind: "azure";
  /** The HCL report: header, hardware report, runtime claims. */
  readonly hclReport: Uint8Array;
  /** The TPMS_ATTEST that the vTPM signed. */
  readonly tpmMessage: Uint8Array;
  /** The raw RSASSA signature with SHA-256, without the TPM's header. It is as long as the key's modulus. */
  readonly tpmSignature: Uint8Array;
  /** Values of the SHA-256 PCRs in order from PCR 0, at most 24 values of 32 bytes each. */
  readonly pcrs: readonly Uint8Array[];
  /**
   * Certificates of the vTPM's key, DER, leaf first. Empty if Azure provides no certificates: the hardware
   * also vouches for the key.
   */
  readonly akChain: readonly Uint8Array[];
  /**
   * A TDX quote, or the SNP report that the HCL report also contains. An SGX quote can be decoded here, but
   * is refused by `verifyAzureHardware`.
   */
  readonly hardware: HardwareBelow;
}

type HardwareBelow = EndorsedSgx | EndorsedTdx | EndorsedSnp;

/** The facts about a verified vTPM quote, and about the hardware that vouches for the vTPM's key. */
export interface AuthenticAzure extends AuthenticClaims<"azure"> {
  readonly hardware: AuthenticTdx | AuthenticSnp;
  /** The vTPM quote's `extraData`: the only part that shows that the quote is fresh. */
  readonly nonce: Uint8Array;
  /** Hex, by PCR number. */
  readonly pcrs: Readonly<Record<string, string>>;
}

const hardwarePart: Part<HardwareBelow> = {
  key: "hardware",
  read: readByKind<HardwareBelow>({
    sgx: sgxForm.endorsed.read,
    tdx: tdxForm.endorsed.read,
    snp: snpForm.endorsed.read,
  }),
  write: (below) => {
    switch (below.kind) {
      case "sgx":
        return sgxForm.endorsed.write(below);
      case "tdx":
        return tdxForm.endorsed.write(below);
      case "snp":
        return snpForm.endorsed.write(below);
    }
  },
};

/** The JSON form of {@link EndorsedAzure}. */
export const azureForm: EvidenceForm<never, EndorsedAzure> = {
  kind: "azure",
  evidence: undefined,
  endorsed: jsonForm("azure", {
    hclReport: bytesPart("hcl_report_b64", evidenceLimits.other),
    tpmMessage: bytesPart("tpm_message_b64", evidenceLimits.other),
    tpmSignature: bytesPart("tpm_signature_b64", evidenceLimits.other),
    pcrs: registersPart("pcrs", 32, 24),
    akChain: certificatesPart("ak_chain_b64"),
    hardware: hardwarePart,
  }),
  endorser: undefined,
};
