import { ProtocolError } from "../../errors/index.ts";

/** The reasons why an Intel quote or its collateral is rejected. */
export type DcapErrorDetail =
  /** The quote is longer than any quote that hardware makes. */
  | { readonly code: "dcap/quote-too-long"; readonly length: number; readonly limit: number }
  /** The quote has an unknown version, TEE, body or key type. */
  | { readonly code: "dcap/unsupported-quote"; readonly what: string; readonly value: number }
  /** A version 5 quote states a body length that does not fit the type of the body. */
  | { readonly code: "dcap/bad-length"; readonly what: string; readonly length: number }
  /** The quote names a vendor of the quoting enclave other than Intel. */
  | { readonly code: "dcap/unknown-qe-vendor" }
  /** The padding after the quote is not all zeros. */
  | { readonly code: "dcap/trailing-bytes"; readonly offset: number }
  /**
   * The quote does not contain the platform's certificates, for example because it contains only an id for
   * them. Fetch the certificates, and make a new quote.
   */
  | { readonly code: "dcap/pck-chain-missing"; readonly certificationDataType: number }
  /** The quote comes from different hardware than the evidence claims. */
  | { readonly code: "dcap/wrong-kind" }
  /** The collateral is longer than any collateral that Intel publishes. */
  | { readonly code: "dcap/collateral-too-long"; readonly length: number; readonly limit: number }
  /** The platform's certificate lacks Intel's extension about the platform, or the extension is malformed. */
  | { readonly code: "dcap/bad-pck-extension" }
  /** An Intel certificate is used for the wrong purpose: for example, a platform's key signs TCB info. */
  | { readonly code: "dcap/wrong-role"; readonly role: DcapRole }
  /** A certificate is revoked. */
  | { readonly code: "dcap/revoked"; readonly role: DcapRole }
  /** Intel's TCB signing key did not sign these exact bytes of the collateral. */
  | { readonly code: "dcap/bad-collateral-signature"; readonly part: CollateralPart }
  /** The collateral was issued after the time of the verification. */
  | { readonly code: "dcap/collateral-not-yet-valid"; readonly part: CollateralPart }
  /** The collateral expired before the time of the verification. */
  | { readonly code: "dcap/collateral-expired"; readonly part: CollateralPart }
  /** A date in the collateral cannot be read. */
  | { readonly code: "dcap/bad-date"; readonly at: string }
  /** The collateral has an unknown version or contains an unknown status. */
  | { readonly code: "dcap/unsupported-collateral"; readonly at: string }
  /** The collateral describes a platform or a TEE other than the quote's. */
  | { readonly code: "dcap/collateral-mismatch"; readonly what: "tee" | "fmspc" | "pce-id" | "qe" }
  /** The platform's key did not sign the quoting enclave's report. */
  | { readonly code: "dcap/bad-qe-report-signature" }
  /** The quoting enclave's report does not vouch for the key that signed the quote. */
  | { readonly code: "dcap/attestation-key-not-bound" }
  /** The quoting enclave does not match the QE identity in the collateral. */
  | { readonly code: "dcap/qe-mismatch"; readonly field: string }
  /** The attestation key did not sign the quote, or the quote was changed. */
  | { readonly code: "dcap/bad-quote-signature" }
  /** The TDX module is not a production module that Intel's collateral describes. */
  | { readonly code: "dcap/tdx-module-mismatch" }
  /** The platform, its TDX module or its quoting enclave reaches none of the TCB levels in the collateral. */
  | { readonly code: "dcap/no-tcb-level"; readonly of: "platform" | "tdx-module" | "qe" };

/** The role of a certificate. */
export type DcapRole = "pck" | "pck-ca" | "tcb-signing";
/** A signed part of collateral. */
export type CollateralPart = "tcb-info" | "qe-identity";

/** Thrown for an Intel quote, or its collateral, that does not verify. */
export class DcapError extends ProtocolError<DcapErrorDetail> {}
