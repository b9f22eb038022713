/**
 * Verifies a TPM's quote with a key. The verifier does not check who owns the key, or whether the key is
 * inside a TPM. A caller that does not know this learns only that the quote is consistent.
 */
import { type ConsistentTpmQuote, checkTpmQuote, TpmError } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import type { PublicKey } from "@pruntime/core/x509";
import type { TpmSignature } from "./signature.ts";

/** A quote, its signature, and the register values that came with the quote. */
export interface TpmQuoteParts {
  /** TPMS_ATTEST, the signed bytes. */
  readonly message: Uint8Array;
  readonly signature: TpmSignature;
  /** Values by register number. Registers that the quote does not cover are ignored, and may be missing. */
  readonly pcrs: readonly (Uint8Array | undefined)[];
}

/**
 * Verifies the signature of a quote, and checks that the register values are those in the quote.
 * @throws TpmError, CodecError
 */
export function verifyTpmQuote(
  crypto: Crypto,
  key: PublicKey,
  { message, signature, pcrs }: TpmQuoteParts,
): ConsistentTpmQuote {
  if (!isSigned(crypto, key, message, signature)) throw new TpmError({ code: "tpm/bad-signature" });
  return checkTpmQuote(crypto, message, pcrs);
}

function isSigned(
  crypto: Crypto,
  key: PublicKey,
  message: Uint8Array,
  { scheme, signature }: TpmSignature,
): boolean {
  if (scheme === "rsassa")
    return key.kind === "rsa" && crypto.rsa.verifyPkcs1("sha256", key, message, signature);
  return key.kind === "p256" && crypto.p256.verify(key.point, message, signature);
}
