/**
 * RSA signature verification (RFC 8017) for the certificate chains of attestation. For PKCS #1 v1.5, the code
 * builds the expected encoded message and compares all of it. For PSS, the code decodes the encoded message
 * and checks every byte of it. Nothing can hide in the padding. The code is not constant time: it handles
 * public values only.
 * @see https://www.rfc-editor.org/rfc/rfc8017#section-8
 */
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { concat, equal } from "../bytes/index.ts";
import type { Rsa, RsaHash, RsaPublicKey } from "./port.ts";

/**
 * The only accepted exponent, 65537. Small exponents make forgeries easier, and large ones make verification
 * slow.
 */
const exponent: Uint8Array = Uint8Array.of(1, 0, 1);

/**
 * The bytes of a SHA-2 hash's `DigestInfo` that precede the digest. They differ between the three hashes only
 * in two lengths and in the last number of the hash's identifier.
 */
const digestInfo = (length: number, name: number): Uint8Array =>
  Uint8Array.of(
    0x30,
    17 + length,
    0x30,
    0x0d,
    6,
    9,
    0x60,
    0x86,
    0x48,
    1,
    0x65,
    3,
    4,
    2,
    name,
    5,
    0,
    4,
    length,
  );

const hashes: Readonly<
  Record<RsaHash, { readonly hash: (data: Uint8Array) => Uint8Array; readonly info: Uint8Array }>
> = {
  sha256: { hash: sha256, info: digestInfo(32, 1) },
  sha384: { hash: sha384, info: digestInfo(48, 2) },
  sha512: { hash: sha512, info: digestInfo(64, 3) },
};

const saltLength = 48;
const digestLength = 48;

/** RSA verification in JavaScript, over `bigint`. */
export const portableRsa: Rsa = {
  verifyPkcs1(hash, key, message, signature) {
    const encoded = open(key, signature);
    return encoded !== undefined && equal(encoded, encodePkcs1(hash, message, encoded.length));
  },
  verifyPssSha384(key, message, signature) {
    const encoded = open(key, signature);
    return encoded !== undefined && isPssSha384(encoded, message);
  },
};

/**
 * Returns whether a key is acceptable: an odd modulus of 256 to 512 bytes whose top bit is set, and the
 * exponent 65537. The check cannot tell whether the modulus is a product of two primes.
 */
export function isRsaKey({ modulus, exponent: given }: RsaPublicKey): boolean {
  const [first = 0, last = 0] = [modulus[0], modulus[modulus.length - 1]];
  return (
    modulus.length >= 256 &&
    modulus.length <= 512 &&
    first >= 0x80 &&
    last % 2 === 1 &&
    equal(given, exponent)
  );
}

/**
 * Recovers the encoded message, which is as long as the modulus, from a signature. Returns `undefined` if the
 * key or the signature is not acceptable.
 */
function open(key: RsaPublicKey, signature: Uint8Array): Uint8Array | undefined {
  if (!isRsaKey(key) || signature.length !== key.modulus.length) return undefined;
  const [modulus, value] = [toInteger(key.modulus), toInteger(signature)];
  return value < modulus ? toBytes(power65537(value, modulus), signature.length) : undefined;
}

function power65537(base: bigint, modulus: bigint): bigint {
  let power = base;
  for (let i = 0; i < 16; i++) power = (power * power) % modulus;
  return (power * base) % modulus;
}

/** EMSA-PKCS1-v1_5: `00 01 ff…ff 00 DigestInfo`. */
function encodePkcs1(name: RsaHash, message: Uint8Array, length: number): Uint8Array {
  const { hash, info } = hashes[name];
  const encoded = new Uint8Array(length).fill(0xff);
  const end = concat(Uint8Array.of(0), info, hash(message));
  encoded.set([0, 1]);
  encoded.set(end, length - end.length);
  return encoded;
}

/**
 * Returns whether `encoded` is the EMSA-PSS encoding of `message` for a modulus of whole bytes:
 * `maskedDB H bc`. Without its mask, `DB` is `00…00 01 salt`. `H` is a hash of eight zero bytes, the digest
 * of the message and the salt.
 */
function isPssSha384(encoded: Uint8Array, message: Uint8Array): boolean {
  const dbLength = encoded.length - digestLength - 1;
  const [masked, hash] = [encoded.subarray(0, dbLength), encoded.subarray(dbLength, dbLength + digestLength)];
  if (encoded[encoded.length - 1] !== 0xbc || (masked[0] as number) >= 0x80) return false;
  const mask = mgf1Sha384(hash, dbLength);
  const db = masked.map((byte, i) => byte ^ (mask[i] as number));
  db[0] = (db[0] as number) & 0x7f; // the encoded message is one bit shorter than the modulus
  const saltAt = dbLength - saltLength;
  if (db[saltAt - 1] !== 1 || db.subarray(0, saltAt - 1).some((byte) => byte !== 0)) return false;
  return equal(hash, sha384(concat(new Uint8Array(8), sha384(message), db.subarray(saltAt))));
}

function mgf1Sha384(seed: Uint8Array, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / digestLength) }, (_, i) =>
    sha384(concat(seed, Uint8Array.of(0, 0, 0, i))),
  );
  return concat(...blocks).subarray(0, length);
}

function toInteger(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let value = 0n;
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) value = (value << 64n) | view.getBigUint64(at);
  for (; at < bytes.length; at++) value = (value << 8n) | BigInt(view.getUint8(at));
  return value;
}

function toBytes(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let at = length - 1; at >= 0; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
