import { ProtocolError } from "../errors/index.ts";

/** How a caller misused a primitive. */
export type CryptoErrorDetail =
  /**
   * A primitive was given a symmetric key or an IV of the wrong length. This is a bug in this program, not in
   * its input.
   */
  { readonly code: "crypto/bad-length"; readonly what: "key" | "iv"; readonly length: number };

/** A caller of the crypto port misused a primitive. */
export class CryptoError extends ProtocolError<CryptoErrorDetail> {}

/**
 * Checks the length of a symmetric key or an IV, in bytes.
 * @throws {@link CryptoError} `crypto/bad-length`
 */
export function assertLength(what: "key" | "iv", bytes: Uint8Array, length: number): void {
  if (bytes.length !== length)
    throw new CryptoError({ code: "crypto/bad-length", what, length: bytes.length });
}
