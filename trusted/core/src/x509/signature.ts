/**
 * The public keys and signatures in the certificate chains that attestation uses. The supported algorithms
 * are a fixed list, and their identifiers are compared byte for byte.
 */
import { DerReader, decodeDer, tags } from "../asn1/index.ts";
import { concat, equal, toHex } from "../bytes/index.ts";
import { type Crypto, isRsaKey, type RsaPublicKey } from "../crypto/index.ts";
import { X509Error } from "./error.ts";

/** A public key of a supported kind. Points are uncompressed: 65 bytes for P-256, 97 for P-384. */
export type PublicKey =
  | { readonly kind: "p256"; readonly point: Uint8Array }
  | { readonly kind: "p384"; readonly point: Uint8Array }
  | ({ readonly kind: "rsa" } & RsaPublicKey);

/** The signature algorithm of a certificate or a revocation list. */
export type SignatureAlgorithm =
  | "ecdsa-sha256"
  | "ecdsa-sha384"
  | "rsa-pkcs1-sha256"
  | "rsa-pkcs1-sha384"
  | "rsa-pkcs1-sha512"
  | "rsa-pss-sha384";

const idPss = "06092a864886f70d01010a";
/** The DER parameters of RSASSA-PSS with SHA-384, MGF1 with SHA-384, and a 48-byte salt. */
const pssSha384 =
  "a00f300d06096086480165030402020500a11c301a06092a864886f70d010108" +
  "300d06096086480165030402020500a203020130";

/**
 * Complete `AlgorithmIdentifier`s, in hex. AMD writes the PSS trailer field explicitly, although its value is
 * the default. RFC 8017 leaves the field out. Both forms are accepted.
 * @see https://www.rfc-editor.org/rfc/rfc5758 https://www.rfc-editor.org/rfc/rfc4055
 */
const algorithms: Readonly<Record<string, SignatureAlgorithm>> = {
  "300a06082a8648ce3d040302": "ecdsa-sha256",
  "300a06082a8648ce3d040303": "ecdsa-sha384",
  "300d06092a864886f70d01010b0500": "rsa-pkcs1-sha256",
  "300d06092a864886f70d01010c0500": "rsa-pkcs1-sha384",
  "300d06092a864886f70d01010d0500": "rsa-pkcs1-sha512",
  [`3046${idPss}3039${pssSha384}a303020101`]: "rsa-pss-sha384",
  [`3041${idPss}3034${pssSha384}`]: "rsa-pss-sha384",
};

/** Reads an `AlgorithmIdentifier` of a signature. @throws {@link X509Error} `x509/unsupported-algorithm` */
export function readSignatureAlgorithm(r: DerReader): SignatureAlgorithm {
  const { bytes, content } = r.value(tags.sequence);
  const algorithm = algorithms[toHex(bytes)];
  if (algorithm === undefined)
    throw new X509Error({ code: "x509/unsupported-algorithm", oid: new DerReader(content).oid() });
  return algorithm;
}

const idEcPublicKey = "1.2.840.10045.2.1";
const idRsa = "1.2.840.113549.1.1.1";
const curves: Readonly<Record<string, "p256" | "p384">> = {
  "1.2.840.10045.3.1.7": "p256",
  "1.3.132.0.34": "p384",
};

/** Reads a `SubjectPublicKeyInfo`. @throws {@link X509Error} `x509/unsupported-key` */
export function readPublicKey(r: DerReader): PublicKey {
  const info = r.enter();
  const algorithm = info.enter();
  const oid = algorithm.oid();
  const key =
    oid === idEcPublicKey ? readPoint(algorithm, info) : oid === idRsa ? readRsa(algorithm, info) : undefined;
  if (key === undefined) throw new X509Error({ code: "x509/unsupported-key", oid });
  algorithm.end();
  info.end();
  return key;
}

function readPoint(algorithm: DerReader, info: DerReader): PublicKey | undefined {
  const kind = curves[algorithm.oid()];
  const point = info.octetsOfBits();
  return kind !== undefined && point[0] === 4 && point.length === (kind === "p256" ? 65 : 97)
    ? { kind, point }
    : undefined;
}

function readRsa(algorithm: DerReader, info: DerReader): PublicKey | undefined {
  if (algorithm.content(tags.null).length !== 0) return undefined;
  const key = decodeDer(info.octetsOfBits(), (r) => {
    const pair = r.enter();
    const [modulus, exponent] = [pair.unsigned(), pair.unsigned()];
    pair.end();
    return { modulus, exponent };
  });
  return isRsaKey(key) ? { kind: "rsa", ...key } : undefined;
}

/** Returns whether two keys are equal. Compares only the bytes: keys of different kinds differ in length. */
export function equalKeys(a: PublicKey, b: PublicKey): boolean {
  return equal(keyBytes(a), keyBytes(b));
}

function keyBytes(key: PublicKey): Uint8Array {
  return key.kind === "rsa" ? concat(key.modulus, key.exponent) : key.point;
}

/** Returns whether `key` made the signature with `algorithm`. ECDSA signatures are in DER. */
export function isSignedBy(
  crypto: Crypto,
  key: PublicKey,
  algorithm: SignatureAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  switch (algorithm) {
    case "ecdsa-sha256":
      return key.kind === "p256" && crypto.p256.verify(key.point, message, fixedWidth(signature, 32));
    case "ecdsa-sha384":
      return key.kind === "p384" && crypto.p384.verify(key.point, message, fixedWidth(signature, 48));
    case "rsa-pkcs1-sha256":
      return key.kind === "rsa" && crypto.rsa.verifyPkcs1("sha256", key, message, signature);
    case "rsa-pkcs1-sha384":
      return key.kind === "rsa" && crypto.rsa.verifyPkcs1("sha384", key, message, signature);
    case "rsa-pkcs1-sha512":
      return key.kind === "rsa" && crypto.rsa.verifyPkcs1("sha512", key, message, signature);
    case "rsa-pss-sha384":
      return key.kind === "rsa" && crypto.rsa.verifyPssSha384(key, message, signature);
  }
}

/**
 * Returns r ‖ s of `SEQUENCE { r INTEGER, s INTEGER }`. If a number is too long, returns an empty signature,
 * which no key verifies.
 */
function fixedWidth(signature: Uint8Array, width: number): Uint8Array {
  return decodeDer(signature, (reader) => {
    const pair = reader.enter();
    const [r, s] = [pair.unsigned(), pair.unsigned()];
    pair.end();
    const fixed = new Uint8Array(2 * width);
    if (r.length > width || s.length > width) return new Uint8Array();
    fixed.set(r, width - r.length);
    fixed.set(s, 2 * width - s.length);
    return fixed;
  });
}
