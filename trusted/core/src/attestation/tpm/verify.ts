/** Verifies quotes of a TPM, such as Azure's virtual TPM. The caller provides the key that it trusts. */
import { concat, equal, toHex } from "../../bytes/index.ts";
import type { Crypto, RsaPublicKey } from "../../crypto/index.ts";
import { TpmError } from "./error.ts";
import { decodeTpmQuote } from "./quote.ts";

/** A quote with a valid signature, and the register values that it covers. */
export interface ConsistentTpmQuote {
  /** The bytes that the requester passed in: the only part that shows that the quote is fresh. */
  readonly nonce: Uint8Array;
  /** Hex, by register number. Contains only the registers that the quote covers. */
  readonly pcrs: Readonly<Record<string, string>>;
}

/** A quote, its RSA signature and the register values. */
interface RsaTpmQuote {
  /** TPMS_ATTEST, the signed bytes. */
  readonly message: Uint8Array;
  /** The raw RSASSA signature with SHA-256, without the TPM's header. It is as long as the key's modulus. */
  readonly signature: Uint8Array;
  /** Register values by number, 32 bytes each. */
  readonly pcrs: readonly (Uint8Array | undefined)[];
}

/** Verifies a quote with an RSA key. @throws {@link TpmError}, CodecError */
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
 * Reads a quote whose signature has been verified, and compares the register values with the quote's digest.
 * Ignores registers that the quote does not cover; their values may be missing.
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
