import { ProtocolError } from "../../errors/index.ts";

/** Why a report of AMD SEV-SNP is rejected. */
export type SnpErrorDetail =
  /** The report has another length than AMD's layout. */
  | { readonly code: "snp/bad-length"; readonly length: number }
  /** The report has a version with an unknown layout. */
  | { readonly code: "snp/unsupported-version"; readonly version: number }
  /** The report is not signed with ECDSA on P-384, or not signed at all. */
  | { readonly code: "snp/unsupported-signature"; readonly algorithm: number }
  /** Bytes that AMD's layout reserves are not zero, so the report says something unknown. */
  | { readonly code: "snp/reserved-not-zero"; readonly offset: number }
  /** The guest's policy lacks the bit that is always set, or has an unknown bit. */
  | { readonly code: "snp/bad-guest-policy" }
  /** The chain of certificates does not lead to the root of any product of AMD's. */
  | { readonly code: "snp/unknown-product" }
  /** The report comes from another processor than its certificates are for. */
  | { readonly code: "snp/wrong-product"; readonly family: number; readonly model: number }
  /** The report is signed with another kind of key (VCEK, VLEK) than its certificate is for. */
  | { readonly code: "snp/wrong-vek" }
  /**
   * The certificate of the key that signed lacks AMD's extensions about the chip, or has them in another
   * form.
   */
  | { readonly code: "snp/bad-vek"; readonly oid: string }
  /** The report names other firmware than its certificate is for. */
  | { readonly code: "snp/tcb-mismatch"; readonly oid: string }
  /** The report comes from another chip than its certificate is for. */
  | { readonly code: "snp/wrong-chip" }
  /** The key in the certificate did not sign the report, or something in it was changed. */
  | { readonly code: "snp/bad-signature" };

/** A report of AMD's that does not verify. */
export class SnpError extends ProtocolError<SnpErrorDetail> {}
