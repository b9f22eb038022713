/**
 * P-256 with OpenSSL. A key pair keeps its secret as a KeyObject, because OpenSSL would parse a raw key again
 * in every call.
 */
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  verify as opensslVerify,
} from "node:crypto";
import { compare, fromHex } from "@pruntime/core/bytes";
import type { P256, P256KeyPair } from "@pruntime/core/crypto";
import { plain } from "./plain.ts";

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
  const privateKey = privateKeyObject(secret, publicKey);
  return {
    publicKey,
    sharedX(peer) {
      const peerKey = pointKey(peer);
      return peerKey && plain(diffieHellman({ privateKey, publicKey: peerKey }));
    },
  };
}

function privateKeyObject(secret: Uint8Array, publicKey: Uint8Array): KeyObject {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  const [x, y] = [text(publicKey.subarray(1, 33)), text(publicKey.subarray(33))];
  return createPrivateKey({ key: { kty: "EC", crv: "P-256", d: text(secret), x, y }, format: "jwk" });
}

/** Returns the KeyObject of a point; `undefined` if the bytes are not an uncompressed point of the curve. */
function pointKey(point: Uint8Array): KeyObject | undefined {
  // OpenSSL would also accept the hybrid form, which begins with 6 or 7.
  if (point.length !== 65 || point[0] !== 4) return undefined;
  try {
    return createPublicKey({ key: Buffer.concat([spkiPrefix, point]), format: "der", type: "spki" });
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
