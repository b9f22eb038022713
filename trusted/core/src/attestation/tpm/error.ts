import { ProtocolError } from "../../errors/index.ts";

/** The reasons why a TPM's quote is rejected. */
export type TpmErrorDetail =
  /** The signed structure is not a quote of a TPM, or has a field that is too long. */
  | { readonly code: "tpm/not-a-quote" }
  /** The quote covers no bank of registers, several banks, or a bank other than SHA-256 with 24 registers. */
  | { readonly code: "tpm/unsupported-bank" }
  /** The expected key did not sign the quote, or the quote was changed. */
  | { readonly code: "tpm/bad-signature" }
  /** A register value is missing, or is not as long as a SHA-256 hash. */
  | { readonly code: "tpm/bad-pcrs" }
  /** The register values differ from the values that the quote covers. */
  | { readonly code: "tpm/pcr-mismatch" };

/** Thrown for a TPM's quote that does not verify. */
export class TpmError extends ProtocolError<TpmErrorDetail> {}
