import { ProtocolError } from "../../errors/index.ts";

/** The reasons for which a TPM's quote is rejected. */
export type TpmErrorDetail =
  /** The signed structure is not a quote, or was not made by a TPM. */
  | { readonly code: "tpm/not-a-quote" }
  /** The quote covers registers with a hash other than SHA-256, or with several hashes. */
  | { readonly code: "tpm/unsupported-bank" }
  /** The expected key did not sign the quote, or something in it was changed. */
  | { readonly code: "tpm/bad-signature" }
  /** Register values are missing, or their length differs from that of the hash. */
  | { readonly code: "tpm/bad-pcrs" }
  /** The register values differ from the quoted ones. */
  | { readonly code: "tpm/pcr-mismatch" };

/** A TPM's quote that does not verify. */
export class TpmError extends ProtocolError<TpmErrorDetail> {}
