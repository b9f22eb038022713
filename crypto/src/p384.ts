/** P-384 signatures by OpenSSL. */
import { createPublicKey, type KeyObject, verify as opensslVerify } from "node:crypto";
import type { P384 } from "@pruntime/core/crypto";

/** SubjectPublicKeyInfo of an uncompressed P-384 point, up to the point. */
const spkiPrefix = Buffer.from("3076301006072a8648ce3d020106052b81040022036200", "hex");

export const opensslP384: P384 = {
  verify(publicKey, message, signature) {
    const key = pointKey(publicKey);
    if (key === undefined || signature.length !== 96) return false;
    return opensslVerify("sha384", message, { key, dsaEncoding: "ieee-p1363" }, signature);
  },
};

/** The key of an uncompressed point; OpenSSL refuses what is not on the curve. */
function pointKey(point: Uint8Array): KeyObject | undefined {
  if (point.length !== 97 || point[0] !== 4) return undefined; // OpenSSL would take the hybrid forms 6 and 7 too
  try {
    return createPublicKey({ key: Buffer.concat([spkiPrefix, point]), format: "der", type: "spki" });
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
