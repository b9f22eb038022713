/** Derives the seeds of ed25519 and ECDSA development keys from Substrate's well-known development secret. */
import { concat, fromHex, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { encode } from "@pruntime/core/scale";

/**
 * The mini secret of the mnemonic "bottom drive obey lake curtain smoke basket hold race lonely fit walk".
 */
const developmentSecret = fromHex("fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e");

/**
 * Derives the 32-byte seed of `//name`.
 * @param scheme Substrate's label for derivation of this kind of key
 */
export function developmentSeed(
  crypto: Pick<Crypto, "blake2b256">,
  scheme: "Ed25519HDKD" | "Secp256k1HDKD",
  name: string,
): Uint8Array {
  const chainCode = new Uint8Array(32);
  chainCode.set(encode(utf8(name), (w, bytes) => w.vecU8(bytes)));
  return crypto.blake2b256(
    concat(
      encode(utf8(scheme), (w, bytes) => w.vecU8(bytes)),
      developmentSecret,
      chainCode,
    ),
  );
}
