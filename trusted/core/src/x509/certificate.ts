/**
 * A strict reader of X.509 v3 certificates.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4
 */
import { context, type DerReader, tags } from "../asn1/index.ts";
import { X509Error } from "./error.ts";
import {
  type BasicConstraints,
  decodeBasicConstraints,
  decodeKeyUsage,
  type Extensions,
  idBasicConstraints,
  idKeyUsage,
  readExtensions,
} from "./extensions.ts";
import { type PublicKey, readPublicKey, readSignatureAlgorithm } from "./signature.ts";
import { decodeSigned, type Signed } from "./signed.ts";

/** A decoded certificate. It is not verified. */
export interface Certificate extends Signed {
  /** The whole certificate. */
  readonly bytes: Uint8Array;
  /** Big-endian, without leading zeros. */
  readonly serial: Uint8Array;
  /** `Name` in DER, like `subject`. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Unix milliseconds. The certificate is valid from `notBeforeMs` to `notAfterMs`, both inclusive. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly publicKey: PublicKey;
  readonly basicConstraints: BasicConstraints;
  /** The bits of `KeyUsage` (see `keyUsages`); `undefined` if the certificate lacks this extension. */
  readonly keyUsage: number | undefined;
  readonly extensions: Extensions;
}

/** Reads a certificate in DER. @throws {@link X509Error}, {@link Asn1Error} */
export function decodeCertificate(bytes: Uint8Array): Certificate {
  return { bytes, ...decodeSigned(bytes, readBody) };
}

function readBody(r: DerReader): Omit<Certificate, "bytes" | "signed" | "signature"> {
  readVersion(r);
  const serial = readSerial(r);
  const algorithm = readSignatureAlgorithm(r);
  const issuer = r.value(tags.sequence).bytes;
  const validity = r.enter();
  const [notBeforeMs, notAfterMs] = [validity.time(), validity.time()];
  validity.end();
  const subject = r.value(tags.sequence).bytes;
  const publicKey = readPublicKey(r);
  const extensions = readExtensions(r, 3, [idBasicConstraints, idKeyUsage]);
  r.end();
  const basicConstraints = decodeBasicConstraints(extensions.get(idBasicConstraints));
  const keyUsage = decodeKeyUsage(extensions.get(idKeyUsage));
  return {
    serial,
    algorithm,
    issuer,
    subject,
    notBeforeMs,
    notAfterMs,
    publicKey,
    basicConstraints,
    keyUsage,
    extensions,
  };
}

function readVersion(r: DerReader): void {
  if (r.peek() !== context(0)) throw new X509Error({ code: "x509/bad-version" });
  const version = r.enter(context(0));
  if (version.number(1) !== 2) throw new X509Error({ code: "x509/bad-version" });
  version.end();
}

/** Reads a serial number. @throws {@link X509Error} `x509/bad-serial`; {@link Asn1Error} */
export function readSerial(r: DerReader): Uint8Array {
  const serial = r.unsigned();
  if (serial.length > 20) throw new X509Error({ code: "x509/bad-serial" });
  return serial;
}
