import { ProtocolError } from "../../errors/index.ts";

/** The reasons why a TPM's quote is rejected. */
export type TpmErrorDetail =
  /** The signed structure is not a quote, or was not made by a TPM. */
  | { readonly code: "tpm/not-a-quote" }
  /** The quote covers registers with a hash other than SHA-256, or with several hashes. */
  | { readonly code: "tpm/unsupported-bank" }
  /** The expected key did not sign the quote, or the quote was changed. */
  | { readonly code: "tpm/bad-signature" }
  /** A register value is missing, or is not as long as a SHA-256 hash. */
  | { readonly code: "tpm/bad-pcrs" }
  /** The register values differ from the quoted ones. */
  | { readonly code: "tpm/pcr-mismatch" };

/** Thrown for a TPM's quote that does not verify. */
export class TpmError extends ProtocolError<TpmErrorDetail> {}
