/**
 * P-256 with OpenSSL. A key pair agrees on secrets with `ECDH`, which takes raw points, because making a
 * KeyObject of each peer's point takes longer than the agreement (measured).
 */
import { createECDH, createPublicKey, type KeyObject, verify as opensslVerify } from "node:crypto";
import { compare, fromHex } from "@pruntime/core/bytes";
import type { P256, P256KeyPair } from "@pruntime/core/crypto";
import { plain } from "./plain.ts";
import { maxCertificateKeys, PreparedKeys } from "./prepared-keys.ts";

const order = fromHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const zero = new Uint8Array(32);
/** The DER bytes that precede an uncompressed P-256 point in its SubjectPublicKeyInfo. */
const spkiPrefix = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");

/**
 * The crypto port's `P256`, implemented with OpenSSL. For an invalid key, `keyPair` and `sharedX` return
 * `undefined`, and `verify` returns `false`.
 */
export const opensslP256: P256 = {
  keyPair: (secret) => (isScalar(secret) ? keyPair(secret) : undefined),
  verify(publicKey, message, signature) {
    const key = pointKey(publicKey);
    if (key === undefined || signature.length !== 64) return false;
    return opensslVerify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
  },
};

function isScalar(secret: Uint8Array): boolean {
  return secret.length === 32 && compare(secret, zero) > 0 && compare(secret, order) < 0;
}

function keyPair(secret: Uint8Array): P256KeyPair {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(secret);
  const publicKey = plain(ecdh.getPublicKey());
  return {
    publicKey,
    sharedX(peer) {
      if (!isUncompressed(peer)) return undefined;
      return attempt(() => plain(ecdh.computeSecret(peer)));
    },
  };
}

/** Returns the KeyObject of a point; `undefined` if the bytes are not an uncompressed point of the curve. */
function pointKey(point: Uint8Array): KeyObject | undefined {
  return isUncompressed(point) ? attempt(() => prepared.get(point)) : undefined;
}

const prepared = new PreparedKeys(maxCertificateKeys, (point) =>
  createPublicKey({ key: Buffer.concat([spkiPrefix, point]), format: "der", type: "spki" }),
);

/** Whether the point has the uncompressed form. OpenSSL would also accept the compressed and hybrid forms. */
function isUncompressed(point: Uint8Array): boolean {
  return point.length === 65 && point[0] === 4;
}

/** Returns what OpenSSL returns; `undefined` if OpenSSL refuses its input. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
