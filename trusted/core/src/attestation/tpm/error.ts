import { ProtocolError } from "../../errors/index.ts";

export type TpmErrorDetail =
  /** What a TPM signed is no quote: another structure, or not made inside a TPM. */
  | { readonly code: "tpm/not-a-quote" }
  /** A quote covers registers of another hash than SHA-256, or of several. */
  | { readonly code: "tpm/unsupported-bank" }
  /** A quote is not signed by the key it should be: something in it was changed. */
  | { readonly code: "tpm/bad-signature" }
  /** Values of registers are missing, or of another length than their hash. */
  | { readonly code: "tpm/bad-pcrs" }
  /** The values of registers are not those that were quoted. */
  | { readonly code: "tpm/pcr-mismatch" };

/** A TPM's quote that is not to be believed. */
export class TpmError extends ProtocolError<TpmErrorDetail> {}
