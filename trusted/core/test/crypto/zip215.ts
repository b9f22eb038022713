/**
 * ed25519 signatures on which verifiers disagree. The comments derive the verdict of ZIP-215 for each of
 * them.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, fromHex, utf8 } from "../../src/bytes/index.ts";
import type { SignedMessage } from "../../src/crypto/index.ts";

const { Point } = ed25519;
const message = utf8("Zcash");
const order = Point.Fn.ORDER;

/** ZIP-215's encodings of points of order 1, 2, 4 or 8: 8 canonical, 6 with y ≥ p or a sign on x = 0. */
export const smallOrderEncodings: readonly Uint8Array[] = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
].map(fromHex);

/** With s = 0, the equation is 0 = 8R + 8kA, which is true for all 196 pairs of small-order points. */
export const smallOrderSignatures: readonly SignedMessage[] = smallOrderEncodings.flatMap((publicKey) =>
  smallOrderEncodings.map((r) => ({ publicKey, message, signature: concat(r, new Uint8Array(32)) })),
);

/** A signature whose R has a small-order component: valid only after multiplication by the cofactor. */
export function cofactoredSignature(secret: bigint, nonce: bigint, text: Uint8Array): SignedMessage {
  const torsion = Point.fromBytes(smallOrderEncodings[4] as Uint8Array, true);
  const publicKey = Point.BASE.multiply(secret).toBytes();
  const r = Point.BASE.multiply(nonce).add(torsion).toBytes();
  const k = littleEndian(sha512(concat(r, publicKey, text))) % order;
  return { publicKey, message: text, signature: concat(r, scalarBytes((nonce + k * secret) % order)) };
}

/**
 * Returns the signature with the group order added to s. The equation is still true, but s is no longer
 * canonical.
 */
export function withOverflowingS({ publicKey, message, signature }: SignedMessage): SignedMessage {
  const s = littleEndian(signature.subarray(32)) + order;
  return { publicKey, message, signature: concat(signature.subarray(0, 32), scalarBytes(s)) };
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function scalarBytes(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
