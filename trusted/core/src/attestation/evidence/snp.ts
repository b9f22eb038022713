/** Evidence of AMD SEV-SNP guests: an attestation report. */
import type { AuthenticClaims } from "./claims.ts";
import { bytesPart, certificatesPart, type EvidenceForm, jsonForm } from "./form.ts";
import { evidenceLimits } from "./limits.ts";

/** An attestation report without AMD's certificates. */
export interface SnpEvidence {
  readonly kind: "snp";
  readonly report: Uint8Array;
}

/** A report with AMD's certificates. */
export interface EndorsedSnp extends SnpEvidence {
  /** The certificate of the signing key (VCEK or VLEK), DER. */
  readonly vek: Uint8Array;
  /** The certificates above `vek`: ASK or ASVK, then ARK, DER. */
  readonly chain: readonly Uint8Array[];
}

/** AMD's product lines. */
export type SnpProduct = "milan" | "genoa" | "turin";

/** The bit of a guest's policy that lets the machine's owner read the guest's memory. */
export const guestDebug: bigint = 1n << 19n;

/** The configuration of a guest and its machine, in addition to the guest's measurement. */
export interface SnpFacts {
  readonly product: SnpProduct;
  readonly signedBy: "vcek" | "vlek";
  readonly vmpl: number;
  readonly guestPolicy: bigint;
  readonly platformInfo: bigint;
  /** 8 bytes, hex, in the same byte order as in the report. */
  readonly reportedTcb: string;
  /**
   * 64 bytes, hex. If the report masks the id, this is the id from the VCEK's certificate, or zeros for a
   * VLEK.
   */
  readonly chipId: string;
  /** Whether the host masks the id of the signing chip (`MASK_CHIP_ID`); always false for a VLEK. */
  readonly chipIdMasked: boolean;
  readonly guestSvn: number;
}

/** The facts about a verified report. */
export interface AuthenticSnp extends AuthenticClaims<"snp">, SnpFacts {}

const evidence = { report: bytesPart("report_b64", evidenceLimits.other) };

/** The JSON form of {@link SnpEvidence}, with and without endorsements. */
export const snpForm: EvidenceForm<SnpEvidence, EndorsedSnp> = {
  kind: "snp",
  evidence: jsonForm("snp", evidence),
  endorsed: jsonForm("snp", {
    ...evidence,
    vek: bytesPart("vek_b64", evidenceLimits.certificate),
    chain: certificatesPart("chain_b64"),
  }),
  endorser: { name: "amd", sees: ({ report }) => report },
};
