/**
 * TPMT_SIGNATURE (TPM 2.0 Library, part 2) over SHA-256. Integers are big-endian. This file only decodes
 * signatures; verify.ts verifies them.
 * @see https://trustedcomputinggroup.org/resource/tpm-library-specification/
 */
import { TpmError } from "@pruntime/core/attestation";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeAll, type Reader } from "@pruntime/core/scale";

/** The reasons why {@link decodeTpmSignature} rejects a well-formed signature. */
export type TpmSignatureErrorDetail =
  /** The signature has a scheme or hash that this program does not support. */
  { readonly code: "tpm/unsupported-signature"; readonly scheme: number; readonly hash: number };

/** Thrown for a well-formed TPM signature that this program cannot verify. */
export class TpmSignatureError extends ProtocolError<TpmSignatureErrorDetail> {}

/** A TPM's signature. The scheme is the signature algorithm. */
export type TpmSignature =
  | { readonly scheme: "rsassa"; readonly signature: Uint8Array }
  /** r ‖ s, 64 bytes. */
  | { readonly scheme: "ecdsa"; readonly signature: Uint8Array };

const sha256 = 0x000b;
const rsassa = 0x0014;
const ecdsa = 0x0018;
/**
 * An RSA signature of a TPM.
 * @limit bytes
 * @source TPM 2.0: RSA keys of 4,096 bits
 * @past `tpm/unsupported-signature`
 */
const maxRsaBytes = 512;

/**
 * Reads a TPMT_SIGNATURE and refuses trailing bytes. @throws {@link TpmSignatureError}, TpmError, CodecError
 */
export function decodeTpmSignature(bytes: Uint8Array): TpmSignature {
  return decodeAll(bytes, (r) => {
    const [scheme, hash] = [u16(r), u16(r)];
    if (hash === sha256 && scheme === rsassa) return { scheme: "rsassa", signature: sized(r, maxRsaBytes) };
    if (hash !== sha256 || scheme !== ecdsa)
      throw new TpmSignatureError({ code: "tpm/unsupported-signature", scheme, hash });
    const signature = new Uint8Array(64);
    for (const end of [32, 64]) {
      const number = sized(r, 32);
      signature.set(number, end - number.length);
    }
    return { scheme: "ecdsa", signature };
  });
}

/** Reads a TPM2B: a length, then that many bytes. */
function sized(r: Reader, limit: number): Uint8Array {
  const length = u16(r);
  if (length > limit) throw new TpmError({ code: "tpm/not-a-quote" });
  return r.take(length);
}

function u16(r: Reader): number {
  return r.u8() * 0x100 + r.u8();
}
