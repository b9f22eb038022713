/**
 * A certificate authority for tests. Its P-256 keys are derived from small numbers, so every run uses the
 * same keys. Signatures are randomized and differ from run to run.
 */
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { toBase64 } from "../../src/bytes/index.ts";
import { portableCrypto } from "../../src/crypto/index.ts";
import type { TrustedRoot } from "../../src/x509/index.ts";
import { bits, boolean, explicit, integer, octets, oid, sequence, set, text, time } from "./der.ts";

export interface Key {
  /** Uncompressed. */
  readonly point: Uint8Array;
  /** r ‖ s over SHA-256. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** Derives a P-256 key from a number: each of the secret's 32 bytes is the number. */
export function keyOf(number: number): Key {
  const secret = new Uint8Array(32).fill(number);
  const point = portableCrypto.p256.keyPair(secret)?.publicKey as Uint8Array;
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    d: text(secret),
    x: text(point.subarray(1, 33)),
    y: text(point.subarray(33)),
  };
  const key: KeyObject = createPrivateKey({ key: jwk, format: "jwk" });
  return {
    point,
    sign: (message) => Uint8Array.from(sign("sha256", message, { key, dsaEncoding: "ieee-p1363" })),
  };
}

export const ecdsaSha256: Uint8Array = sequence(oid("1.2.840.10045.4.3.2"));

/** A `Name` that consists of one common name. */
export const named = (commonName: string): Uint8Array =>
  sequence(set(sequence(oid("2.5.4.3"), text(commonName))));

export interface Extension {
  readonly id: string;
  readonly value: Uint8Array;
  readonly critical?: boolean;
}

export const basicConstraints = (ca: boolean, pathLength?: number): Extension => ({
  id: "2.5.29.19",
  critical: true,
  value: sequence(...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
});

/** A `KeyUsage` extension. `numbers` are the bits to set, as RFC 5280 numbers them, within the first byte. */
export const keyUsage = (...numbers: readonly number[]): Extension => {
  const byte = numbers.reduce((value, n) => value | (0x80 >> n), 0);
  return { id: "2.5.29.15", critical: true, value: bits(Uint8Array.of(byte), 7 - Math.max(...numbers)) };
};

const digitalSignature = 0;
const keyCertSign = 5;
const cRLSign = 6;

export interface CertificateSpec {
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  readonly key: Key;
  readonly by: Key;
  readonly serial?: Uint8Array | number;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  readonly extensions?: readonly Extension[];
  /** `null` leaves the field out. */
  readonly version?: number | null;
  /** The algorithm outside the signed part. */
  readonly outerAlgorithm?: Uint8Array;
}

export const validFromMs: number = Date.UTC(2025, 0, 1);
export const validToMs: number = Date.UTC(2035, 0, 1);

export const caExtensions: readonly Extension[] = [basicConstraints(true), keyUsage(keyCertSign, cRLSign)];
export const leafExtensions: readonly Extension[] = [basicConstraints(false), keyUsage(digitalSignature)];

export function certificate(spec: CertificateSpec): Uint8Array {
  const {
    serial = 1,
    notBeforeMs = validFromMs,
    notAfterMs = validToMs,
    extensions = leafExtensions,
    version = 2,
  } = spec;
  const signed = sequence(
    ...(version === null ? [] : [explicit(0, integer(version))]),
    integer(serial),
    ecdsaSha256,
    spec.issuer,
    sequence(time(notBeforeMs), time(notAfterMs)),
    spec.subject,
    sequence(sequence(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")), bits(spec.key.point)),
    explicit(3, sequence(...extensions.map(extension))),
  );
  return sequence(signed, spec.outerAlgorithm ?? ecdsaSha256, bits(derSignature(spec.by.sign(signed))));
}

export interface CrlSpec {
  readonly issuer: Uint8Array;
  readonly by: Key;
  readonly revoked?: readonly (Uint8Array | number)[];
  readonly thisUpdateMs?: number;
  /** `null` leaves the field out. */
  readonly nextUpdateMs?: number | null;
  readonly extensions?: readonly Extension[];
  /** The extensions of each entry. */
  readonly entryExtensions?: readonly Extension[];
}

export function crl(spec: CrlSpec): Uint8Array {
  const {
    revoked = [],
    thisUpdateMs = validFromMs,
    nextUpdateMs = validToMs,
    extensions = [],
    entryExtensions = [],
  } = spec;
  const more = entryExtensions.length === 0 ? [] : [sequence(...entryExtensions.map(extension))];
  const entry = (serial: Uint8Array | number) => sequence(integer(serial), time(validFromMs), ...more);
  const signed = sequence(
    integer(1),
    ecdsaSha256,
    spec.issuer,
    time(thisUpdateMs),
    ...(nextUpdateMs === null ? [] : [time(nextUpdateMs)]),
    ...(revoked.length === 0 ? [] : [sequence(...revoked.map(entry))]),
    ...(extensions.length === 0 ? [] : [explicit(0, sequence(...extensions.map(extension)))]),
  );
  return sequence(signed, ecdsaSha256, bits(derSignature(spec.by.sign(signed))));
}

function extension({ id, value, critical = false }: Extension): Uint8Array {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

export function derSignature(signature: Uint8Array): Uint8Array {
  return sequence(integer(signature.subarray(0, 32)), integer(signature.subarray(32)));
}

export function pem(...certificates: readonly Uint8Array[]): string {
  const block = (bytes: Uint8Array) => toBase64(bytes).replace(/.{64}(?=.)/g, "$&\n");
  return certificates
    .map((bytes) => `-----BEGIN CERTIFICATE-----\n${block(bytes)}\n-----END CERTIFICATE-----\n`)
    .join("");
}

export function rootOf(subject: Uint8Array, key: Key): TrustedRoot {
  return { subject, publicKey: { kind: "p256", point: key.point } };
}
