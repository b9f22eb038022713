import { ProtocolError } from "../errors/index.ts";

/** What a caller must provide with the right length. */
type Checked = "key" | "iv" | "hash";

/** The ways in which a caller can misuse a primitive. */
export type CryptoErrorDetail =
  /**
   * A primitive was given a symmetric key, an IV, or a hash to sign, of the wrong length. This is a bug in
   * this program, not in its input.
   */
  { readonly code: "crypto/bad-length"; readonly what: Checked; readonly length: number };

/** Thrown when a caller of the crypto port misuses a primitive. */
export class CryptoError extends ProtocolError<CryptoErrorDetail> {}

/**
 * Checks the length of a symmetric key, an IV, or a hash to sign, in bytes.
 * @throws {@link CryptoError} `crypto/bad-length`
 */
export function assertLength(what: Checked, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length)
    throw new CryptoError({ code: "crypto/bad-length", what, length: bytes.length });
}
