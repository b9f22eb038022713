/** AES-256-GCM with OpenSSL and a prepared KeyObject. */
import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";
import { type Aead, assertLength } from "@pruntime/core/crypto";

const algorithm = "aes-256-gcm";
const tagLength = 16;

/**
 * AES-256-GCM with OpenSSL, for one key of 32 bytes. `open` returns `undefined` if the tag does not match,
 * the ciphertext is shorter than a tag, or the IV does not have 12 bytes.
 * @throws CryptoError `crypto/bad-length` if the key does not have 32 bytes. `seal` throws the same error if
 * the IV does not have 12 bytes.
 */
export function opensslAes256Gcm(input: Uint8Array): Aead {
  assertLength("key", input, 32);
  const key = createSecretKey(input);
  return {
    seal(iv, plaintext, aad) {
      assertLength("iv", iv, 12);
      const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagLength }).setAAD(aad);
      const out = new Uint8Array(plaintext.length + tagLength);
      out.set(cipher.update(plaintext));
      cipher.final();
      out.set(cipher.getAuthTag(), plaintext.length);
      return out;
    },
    open(iv, ciphertext, aad) {
      const end = ciphertext.length - tagLength;
      if (iv.length !== 12 || end < 0) return undefined;
      const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagLength }).setAAD(aad);
      decipher.setAuthTag(ciphertext.subarray(end));
      const plaintext = Uint8Array.from(decipher.update(ciphertext.subarray(0, end)));
      try {
        decipher.final();
      } catch (error) {
        if (error instanceof Error) return undefined; // the tag does not match
        throw error;
      }
      return plaintext;
    },
  };
}
