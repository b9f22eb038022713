import { ProtocolError } from "../../errors/index.ts";

export type DcapErrorDetail =
  /** A quote is longer than any hardware makes them. */
  | { readonly code: "dcap/quote-too-long"; readonly length: number; readonly limit: number }
  /** A quote is of a version, for a TEE, with a body or with a kind of key that is not known here. */
  | { readonly code: "dcap/unsupported-quote"; readonly what: string; readonly value: number }
  /** A length inside a quote is not what its neighbours say it must be. */
  | { readonly code: "dcap/bad-length"; readonly what: string; readonly length: number }
  /** A quote was made by another vendor's quoting enclave. */
  | { readonly code: "dcap/unknown-qe-vendor" }
  /** After the end of a quote stands something other than zeros. */
  | { readonly code: "dcap/trailing-bytes"; readonly offset: number }
  /**
   * A quote does not carry its certificates but the data to fetch them with: they have to be fetched from
   * Intel, and the quote made again with them.
   */
  | { readonly code: "dcap/pck-chain-missing"; readonly certificationDataType: number }
  /** A quote is of other hardware than the evidence says. */
  | { readonly code: "dcap/wrong-kind" }
  /** Collateral is longer than anything Intel publishes. */
  | { readonly code: "dcap/collateral-too-long"; readonly length: number; readonly limit: number }
  /** A platform's certificate lacks what it must say of the platform, or says it in another way. */
  | { readonly code: "dcap/bad-pck-extension" }
  /** A certificate of Intel's stands where it has no business, such as a platform's key signing TCB info. */
  | { readonly code: "dcap/wrong-role"; readonly role: DcapRole }
  /** A certificate was revoked. */
  | { readonly code: "dcap/revoked"; readonly role: DcapRole }
  /** Collateral is not signed by Intel's TCB signing key, byte for byte. */
  | { readonly code: "dcap/bad-collateral-signature"; readonly part: CollateralPart }
  /** Collateral was issued after the time asked for. */
  | { readonly code: "dcap/collateral-not-yet-valid"; readonly part: CollateralPart }
  /** Collateral should have been replaced before the time asked for. */
  | { readonly code: "dcap/collateral-expired"; readonly part: CollateralPart }
  /** A date in collateral is no date. */
  | { readonly code: "dcap/bad-date"; readonly at: string }
  /** Collateral is of a version, or names a status, that is not known here. */
  | { readonly code: "dcap/unsupported-collateral"; readonly at: string }
  /** Collateral is about another platform or another TEE than the quote. */
  | { readonly code: "dcap/collateral-mismatch"; readonly what: "tee" | "fmspc" | "pce-id" | "qe" }
  /** The quoting enclave's report is not signed by the platform's key. */
  | { readonly code: "dcap/bad-qe-report-signature" }
  /** The quoting enclave's report does not vouch for the key that signed the quote. */
  | { readonly code: "dcap/attestation-key-not-bound" }
  /** The quoting enclave is not the one that Intel made. */
  | { readonly code: "dcap/qe-mismatch"; readonly field: string }
  /** A quote is not signed by its own key: something in it was changed. */
  | { readonly code: "dcap/bad-quote-signature" }
  /** The TDX module is not one of Intel's. */
  | { readonly code: "dcap/tdx-module-mismatch" }
  /** What was measured is older than the oldest thing that Intel still says anything about. */
  | { readonly code: "dcap/no-tcb-level"; readonly of: "platform" | "tdx-module" | "qe" };

export type DcapRole = "pck" | "pck-ca" | "tcb-signing";
export type CollateralPart = "tcb-info" | "qe-identity";

/** An Intel quote, or the collateral that should judge it, that is not to be believed. */
export class DcapError extends ProtocolError<DcapErrorDetail> {}
