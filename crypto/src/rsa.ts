/** RSA signatures with OpenSSL, for the key sizes that the port allows. */
import { constants, createPublicKey, type KeyObject, verify as opensslVerify } from "node:crypto";
import { isRsaKey, type Rsa, type RsaPublicKey } from "@pruntime/core/crypto";

/**
 * The crypto port's `Rsa` (PKCS#1 v1.5 and PSS), implemented with OpenSSL. Both functions return `false` for
 * a malformed key or signature.
 */
export const opensslRsa: Rsa = {
  verifyPkcs1(hash, publicKey, message, signature) {
    const key = keyObject(publicKey);
    if (key === undefined || signature.length !== publicKey.modulus.length) return false;
    return opensslVerify(hash, message, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
  },
  verifyPssSha384(publicKey, message, signature) {
    const key = keyObject(publicKey);
    if (key === undefined || signature.length !== publicKey.modulus.length) return false;
    return opensslVerify(
      "sha384",
      message,
      { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 },
      signature,
    );
  },
};

function keyObject(publicKey: RsaPublicKey): KeyObject | undefined {
  if (!isRsaKey(publicKey)) return undefined;
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  const [n, e] = [text(publicKey.modulus), text(publicKey.exponent)];
  return createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });
}
