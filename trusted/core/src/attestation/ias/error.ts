import { ProtocolError } from "../../errors/index.ts";

/** The reasons why a report of Intel's retired attestation service is rejected. */
export type IasErrorDetail =
  /** The report comes with a certificate that Intel issued for a purpose other than signing reports. */
  | { readonly code: "ias/wrong-role" }
  /** The key in the certificate did not sign these exact bytes of the report. */
  | { readonly code: "ias/bad-signature" }
  /** The report comes from an unknown version of the service. */
  | { readonly code: "ias/unsupported-version"; readonly version: number }
  /** The time of the signature cannot be read. */
  | { readonly code: "ias/bad-timestamp" }
  /** Intel's status of the quote is unknown, or means that the quote is not valid. */
  | { readonly code: "ias/quote-refused"; readonly status: string }
  /** The quote inside the report does not have the length of an enclave's quote. */
  | { readonly code: "ias/bad-quote-body"; readonly length: number };

/** Thrown for a report of Intel's retired attestation service that does not verify. */
export class IasError extends ProtocolError<IasErrorDetail> {}
