/** P-384 signatures with OpenSSL. */
import { createPublicKey, type KeyObject, verify as opensslVerify } from "node:crypto";
import type { P384 } from "@pruntime/core/crypto";

/** The DER bytes that precede an uncompressed P-384 point in its SubjectPublicKeyInfo. */
const spkiPrefix = Buffer.from("3076301006072a8648ce3d020106052b81040022036200", "hex");

/** The port's P-384 with OpenSSL. A malformed key or signature does not verify. */
export const opensslP384: P384 = {
  verify(publicKey, message, signature) {
    const key = pointKey(publicKey);
    if (key === undefined || signature.length !== 96) return false;
    return opensslVerify("sha384", message, { key, dsaEncoding: "ieee-p1363" }, signature);
  },
};

/** Returns the KeyObject of an uncompressed point; `undefined` if the point is not on the curve. */
function pointKey(point: Uint8Array): KeyObject | undefined {
  // OpenSSL would also accept the hybrid forms, which begin with 6 or 7
  if (point.length !== 97 || point[0] !== 4) return undefined;
  try {
    return createPublicKey({ key: Buffer.concat([spkiPrefix, point]), format: "der", type: "spki" });
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
