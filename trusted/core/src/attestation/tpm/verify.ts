/** Verifies a TPM's quote under a key. Whose key it is, and whether it is held by a TPM at all, is another question: without that, a quote is consistent and no more. */
import { concat, equal, toHex } from "../../bytes/index.ts";
import type { Crypto } from "../../crypto/index.ts";
import type { PublicKey } from "../../x509/index.ts";
import { TpmError } from "./error.ts";
import { decodeTpmQuote, type TpmSignature } from "./quote.ts";

/** A quote that one key signed, and values of registers that agree with it. */
export interface ConsistentTpmQuote {
  readonly nonce: Uint8Array;
  /** Hex by register number: those that the quote covers, and no others. */
  readonly pcrs: Readonly<Record<string, string>>;
}

export interface TpmQuoteParts {
  /** TPMS_ATTEST. */
  readonly message: Uint8Array;
  readonly signature: TpmSignature;
  /** By register number; those that are not covered may be missing, and are ignored. */
  readonly pcrs: readonly (Uint8Array | undefined)[];
}

/** @throws {@link TpmError}, CodecError */
export function verifyTpmQuote(
  crypto: Crypto,
  key: PublicKey,
  { message, signature, pcrs }: TpmQuoteParts,
): ConsistentTpmQuote {
  if (!isSigned(crypto, key, message, signature)) throw new TpmError({ code: "tpm/bad-signature" });
  const { extraData, selection, pcrDigest } = decodeTpmQuote(message);
  const values = selection.map((i) => [String(i), registerOf(pcrs, i)] as const);
  if (!equal(crypto.sha256(concat(...values.map(([, value]) => value))), pcrDigest))
    throw new TpmError({ code: "tpm/pcr-mismatch" });
  return {
    nonce: extraData.slice(),
    pcrs: Object.fromEntries(values.map(([i, value]) => [i, toHex(value)])),
  };
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

function registerOf(pcrs: readonly (Uint8Array | undefined)[], i: number): Uint8Array {
  const value = pcrs[i];
  if (value?.length !== 32) throw new TpmError({ code: "tpm/bad-pcrs" });
  return value;
}
