import { ProtocolError } from "../../errors/index.ts";

export type SnpErrorDetail =
  /** A report has another length than AMD's layout. */
  | { readonly code: "snp/bad-length"; readonly length: number }
  /** A report is of a version whose layout is not known here. */
  | { readonly code: "snp/unsupported-version"; readonly version: number }
  /** A report is not signed with ECDSA on P-384, or not signed at all. */
  | { readonly code: "snp/unsupported-signature"; readonly algorithm: number }
  /**
   * Bytes that AMD's layout keeps for later are not zero: the report says something that is not understood
   * here.
   */
  | { readonly code: "snp/reserved-not-zero"; readonly offset: number }
  /** The guest's policy lacks the bit that is always set, or has one that is not known here. */
  | { readonly code: "snp/bad-guest-policy" }
  /** The chain of certificates leads to the root of none of AMD's products. */
  | { readonly code: "snp/unknown-product" }
  /** A report is of another processor than the one its certificates are for. */
  | { readonly code: "snp/wrong-product"; readonly family: number; readonly model: number }
  /** A report is signed with another kind of key (VCEK, VLEK) than its certificate is for. */
  | { readonly code: "snp/wrong-vek" }
  /**
   * The certificate of the key that signed a report lacks what it must say of the chip, or says it in another
   * way.
   */
  | { readonly code: "snp/bad-vek"; readonly oid: string }
  /** A report is of other firmware than the one its certificate is for. */
  | { readonly code: "snp/tcb-mismatch"; readonly oid: string }
  /** A report is of another chip than the one its certificate is for. */
  | { readonly code: "snp/wrong-chip" }
  /** A report is not signed by the key in its certificate: something in it was changed. */
  | { readonly code: "snp/bad-signature" };

/** A report of AMD's that is not to be believed. */
export class SnpError extends ProtocolError<SnpErrorDetail> {}
