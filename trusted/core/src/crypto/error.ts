import { ProtocolError } from "../errors/index.ts";

/** The ways in which a caller can misuse a primitive. */
export type CryptoErrorDetail =
  /**
   * A primitive was given a symmetric key or an IV of the wrong length. This is a bug in this program, not in
   * its input.
   */
  { readonly code: "crypto/bad-length"; readonly what: "key" | "iv"; readonly length: number };

/** Thrown when a caller of the crypto port misuses a primitive. */
export class CryptoError extends ProtocolError<CryptoErrorDetail> {}

/**
 * Checks the length of a symmetric key or an IV, in bytes.
 * @throws {@link CryptoError} `crypto/bad-length`
 */
export function assertLength(what: "key" | "iv", bytes: Uint8Array, length: number): void {
  if (bytes.length !== length)
    throw new CryptoError({ code: "crypto/bad-length", what, length: bytes.length });
}
