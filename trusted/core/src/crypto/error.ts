import { ProtocolError } from "../errors/index.ts";

export type CryptoErrorDetail =
  /** A primitive was handed a symmetric key or an IV of the wrong length: a bug in this program, not in its input. */
  { readonly code: "crypto/bad-length"; readonly what: "key" | "iv"; readonly length: number };

/** A primitive was misused by its caller. */
export class CryptoError extends ProtocolError<CryptoErrorDetail> {}

/** @throws {@link CryptoError} `crypto/bad-length` */
export function assertLength(what: "key" | "iv", bytes: Uint8Array, length: number): void {
  if (bytes.length !== length)
    throw new CryptoError({ code: "crypto/bad-length", what, length: bytes.length });
}
