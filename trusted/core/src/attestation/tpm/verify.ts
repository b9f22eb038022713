/** Verifies a quote of Azure's virtual TPM, under the key that the hardware vouches for. */
import { concat, equal, toHex } from "../../bytes/index.ts";
import type { Crypto, RsaPublicKey } from "../../crypto/index.ts";
import { TpmError } from "./error.ts";
import { decodeTpmQuote } from "./quote.ts";

/** A quote that one key signed, and values of registers that agree with it. */
export interface ConsistentTpmQuote {
  /** The bytes that the asker passed in: the only fresh thing in a quote. */
  readonly nonce: Uint8Array;
  /** Hex by register number: the registers that the quote covers, and no others. */
  readonly pcrs: Readonly<Record<string, string>>;
}

/** A quote and what it is about. */
interface RsaTpmQuote {
  /** TPMS_ATTEST, the bytes that are signed. */
  readonly message: Uint8Array;
  /** RSASSA over SHA-256, bare: as long as the modulus. */
  readonly signature: Uint8Array;
  /** Values by register number, 32 bytes each. */
  readonly pcrs: readonly (Uint8Array | undefined)[];
}

/** Verifies a quote under an RSA key. @throws {@link TpmError}, CodecError */
export function verifyRsaTpmQuote(
  crypto: Pick<Crypto, "rsa" | "sha256">,
  key: RsaPublicKey,
  { message, signature, pcrs }: RsaTpmQuote,
): ConsistentTpmQuote {
  if (!crypto.rsa.verifyPkcs1("sha256", key, message, signature))
    throw new TpmError({ code: "tpm/bad-signature" });
  return checkTpmQuote(crypto, message, pcrs);
}

/**
 * Reads a quote whose signature has been verified, and compares the registers with it. Values of registers
 * that the quote does not cover may be missing, and are ignored.
 * @throws {@link TpmError}, CodecError
 */
export function checkTpmQuote(
  crypto: Pick<Crypto, "sha256">,
  message: Uint8Array,
  pcrs: readonly (Uint8Array | undefined)[],
): ConsistentTpmQuote {
  const { extraData, selection, pcrDigest } = decodeTpmQuote(message);
  const values = selection.map((i) => [String(i), registerOf(pcrs, i)] as const);
  if (!equal(crypto.sha256(concat(...values.map(([, value]) => value))), pcrDigest))
    throw new TpmError({ code: "tpm/pcr-mismatch" });
  return {
    nonce: extraData.slice(),
    pcrs: Object.fromEntries(values.map(([i, value]) => [i, toHex(value)])),
  };
}

function registerOf(pcrs: readonly (Uint8Array | undefined)[], i: number): Uint8Array {
  const value = pcrs[i];
  if (value?.length !== 32) throw new TpmError({ code: "tpm/bad-pcrs" });
  return value;
}
