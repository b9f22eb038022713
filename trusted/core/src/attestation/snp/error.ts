import { ProtocolError } from "../../errors/index.ts";

/** The reasons why an AMD SEV-SNP report is rejected. */
export type SnpErrorDetail =
  /** The report does not have the length that AMD's layout requires. */
  | { readonly code: "snp/bad-length"; readonly length: number }
  /** The layout of this report version is unknown. */
  | { readonly code: "snp/unsupported-version"; readonly version: number }
  /** The report is not signed with ECDSA on P-384, or not signed at all. */
  | { readonly code: "snp/unsupported-signature"; readonly algorithm: number }
  /** Bytes that AMD's layout reserves are not zero. The report may contain unknown information. */
  | { readonly code: "snp/reserved-not-zero"; readonly offset: number }
  /** The guest's policy lacks the bit that is set in every policy. */
  | { readonly code: "snp/bad-guest-policy" }
  /** The certificate chain does not end in the root of a known AMD product. */
  | { readonly code: "snp/unknown-product" }
  /** The report comes from a different processor model than its certificate states. */
  | { readonly code: "snp/wrong-product"; readonly family: number; readonly model: number }
  /**
   * The report and its certificate name different kinds of signing key, or the certificate is for neither a
   * VCEK nor a VLEK.
   */
  | { readonly code: "snp/wrong-vek" }
  /** The signing key's certificate lacks one of AMD's extensions about the chip and its firmware. */
  | { readonly code: "snp/bad-vek"; readonly oid: string }
  /**
   * The report names different firmware versions than its certificate, or a reserved byte among the versions
   * is not zero.
   */
  | { readonly code: "snp/tcb-mismatch"; readonly oid: string }
  /**
   * The report names a different chip than its certificate, or the chip id in the certificate has a wrong
   * length.
   */
  | { readonly code: "snp/wrong-chip" }
  /** The key in the certificate did not sign the report, or the report was changed. */
  | { readonly code: "snp/bad-signature" };

/** Thrown for an AMD SEV-SNP report that does not verify. */
export class SnpError extends ProtocolError<SnpErrorDetail> {}
