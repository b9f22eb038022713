/** P-384 signatures with OpenSSL. */
import { createPublicKey, type KeyObject, verify as opensslVerify } from "node:crypto";
import type { P384 } from "@pruntime/core/crypto";
import { maxCertificateKeys, PreparedKeys } from "./prepared-keys.ts";

/** The DER bytes that precede an uncompressed P-384 point in its SubjectPublicKeyInfo. */
const spkiPrefix = Buffer.from("3076301006072a8648ce3d020106052b81040022036200", "hex");

/**
 * The crypto port's `P384`, implemented with OpenSSL. `verify` returns `false` for a malformed key or
 * signature.
 */
export const opensslP384: P384 = {
  verify(publicKey, message, signature) {
    const key = pointKey(publicKey);
    if (key === undefined || signature.length !== 96) return false;
    return opensslVerify("sha384", message, { key, dsaEncoding: "ieee-p1363" }, signature);
  },
};

const prepared = new PreparedKeys(maxCertificateKeys, (point) =>
  createPublicKey({ key: Buffer.concat([spkiPrefix, point]), format: "der", type: "spki" }),
);

/** Returns the KeyObject of a point; `undefined` if the bytes are not an uncompressed point of the curve. */
function pointKey(point: Uint8Array): KeyObject | undefined {
  // OpenSSL would also accept the hybrid form, which begins with 6 or 7.
  if (point.length !== 97 || point[0] !== 4) return undefined;
  try {
    return prepared.get(point);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
