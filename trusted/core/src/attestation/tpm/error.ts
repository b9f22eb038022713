import { ProtocolError } from "../../errors/index.ts";

/** Why a TPM's quote is rejected. */
export type TpmErrorDetail =
  /** The signed structure is not a quote, or no TPM made it. */
  | { readonly code: "tpm/not-a-quote" }
  /** The quote covers registers of another hash than SHA-256, or of several hashes. */
  | { readonly code: "tpm/unsupported-bank" }
  /** The expected key did not sign the quote, or something in it was changed. */
  | { readonly code: "tpm/bad-signature" }
  /** Values of registers are missing, or have another length than their hash. */
  | { readonly code: "tpm/bad-pcrs" }
  /** The values of registers differ from the quoted ones. */
  | { readonly code: "tpm/pcr-mismatch" };

/** A TPM's quote that does not verify. */
export class TpmError extends ProtocolError<TpmErrorDetail> {}
