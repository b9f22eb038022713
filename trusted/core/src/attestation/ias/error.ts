import { ProtocolError } from "../../errors/index.ts";

export type IasErrorDetail =
  /** A report is signed under a certificate of Intel's for something else. */
  | { readonly code: "ias/wrong-role" }
  /** A report is not signed by the key in its certificate, byte for byte. */
  | { readonly code: "ias/bad-signature" }
  /** A report is of a version of the service that is not known here. */
  | { readonly code: "ias/unsupported-version"; readonly version: number }
  /** The time at which Intel says to have signed is no time. */
  | { readonly code: "ias/bad-timestamp" }
  /** Intel does not vouch for the quote at all, or says so in words that are not known here. */
  | { readonly code: "ias/quote-refused"; readonly status: string }
  /** The quote inside a report has another length than an enclave's. */
  | { readonly code: "ias/bad-quote-body"; readonly length: number };

/** A report of Intel's retired attestation service that is not to be believed. */
export class IasError extends ProtocolError<IasErrorDetail> {}
