/**
 * Certificate revocation lists, version 2. Partial lists are refused.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-5
 */
import { type DerReader, tags } from "../asn1/index.ts";
import { equal, toHex } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { readSerial } from "./certificate.ts";
import { X509Error } from "./error.ts";
import { keyUsages, readExtensions, skipEntryExtensions } from "./extensions.ts";
import { isSignedBy, type PublicKey, readSignatureAlgorithm } from "./signature.ts";
import { decodeSigned, type Signed } from "./signed.ts";

/** A decoded revocation list. It is not verified. */
export interface Crl extends Signed {
  /** `Name` in DER. */
  readonly issuer: Uint8Array;
  /** Unix milliseconds. The list is in force from `thisUpdateMs` to `nextUpdateMs`, both inclusive. */
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  /** The serial numbers of revoked certificates, hex. */
  readonly revoked: ReadonlySet<string>;
}

/** Reads a revocation list in DER. @throws {@link X509Error}, {@link Asn1Error} */
export function decodeCrl(bytes: Uint8Array): Crl {
  return decodeSigned(bytes, readBody);
}

function readBody(r: DerReader): Omit<Crl, "signed" | "signature"> {
  if (r.peek() !== tags.integer || r.number(1) !== 1) throw new X509Error({ code: "x509/bad-version" });
  const algorithm = readSignatureAlgorithm(r);
  const issuer = r.value(tags.sequence).bytes;
  const thisUpdateMs = r.time();
  const next = r.peek();
  if (next !== tags.utcTime && next !== tags.generalizedTime)
    throw new X509Error({ code: "x509/no-next-update" });
  const nextUpdateMs = r.time();
  const revoked = r.peek() === tags.sequence ? readRevoked(r.enter()) : new Set<string>();
  readExtensions(r, 0, []); // refuses a partial list, which is marked by a critical extension
  r.end();
  return { algorithm, issuer, thisUpdateMs, nextUpdateMs, revoked };
}

function readRevoked(r: DerReader): ReadonlySet<string> {
  const revoked = new Set<string>();
  while (!r.done) {
    const entry = r.enter();
    revoked.add(toHex(readSerial(entry)));
    entry.any(); // the date of the revocation, not needed because a list from the future is refused
    skipEntryExtensions(entry);
    entry.end();
  }
  return revoked;
}

/** The issuer of a revocation list. */
export interface CrlIssuer {
  readonly subject: Uint8Array;
  readonly publicKey: PublicKey;
  /** `undefined` if the extension is absent. The key may then sign lists. */
  readonly keyUsage: number | undefined;
}

/** A revocation list that has a valid signature and was in force at the time of the verification. */
export interface VerifiedCrl {
  readonly isRevoked: (serial: Uint8Array) => boolean;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
}

/** Verifies a revocation list as of `atMs`, in Unix milliseconds. @throws {@link X509Error} `x509/crl-…` */
export function verifyCrl(crypto: Crypto, issuer: CrlIssuer, atMs: number, crl: Crl): VerifiedCrl {
  if (!equal(crl.issuer, issuer.subject)) throw new X509Error({ code: "x509/crl-wrong-issuer" });
  if (issuer.keyUsage !== undefined && (issuer.keyUsage & keyUsages.cRLSign) === 0)
    throw new X509Error({ code: "x509/crl-not-allowed" });
  if (!isSignedBy(crypto, issuer.publicKey, crl.algorithm, crl.signed, crl.signature))
    throw new X509Error({ code: "x509/crl-bad-signature" });
  if (!(crl.thisUpdateMs <= atMs)) throw new X509Error({ code: "x509/crl-not-yet-valid" });
  if (!(atMs <= crl.nextUpdateMs)) throw new X509Error({ code: "x509/crl-expired" });
  const { thisUpdateMs, nextUpdateMs } = crl;
  return { isRevoked: (serial) => crl.revoked.has(toHex(serial)), thisUpdateMs, nextUpdateMs };
}
