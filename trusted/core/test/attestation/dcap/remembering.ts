import type { Crypto } from "../../../src/crypto/index.ts";

/**
 * Caches the first 1000 checks of P-256 signatures, because thousands of pieces of evidence that differ in
 * one byte share most of their signatures.
 */
export function remembering(crypto: Crypto): Crypto {
  const known = new Map<string, boolean>();
  const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
    const question = Buffer.concat([key, signature, message]).toString("latin1");
    const answer = known.get(question) ?? crypto.p256.verify(key, message, signature);
    if (known.size < 1000) known.set(question, answer);
    return answer;
  };
  return { ...crypto, p256: { ...crypto.p256, verify } };
}
