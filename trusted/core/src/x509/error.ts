import { ProtocolError } from "../errors/index.ts";

/** The reasons why a certificate, a chain or a revocation list is rejected. */
export type X509ErrorDetail =
  /** A certificate is not version 3, or a revocation list is not version 2. */
  | { readonly code: "x509/bad-version" }
  /** The signature algorithm that is stated outside the signed part differs from the algorithm inside. */
  | { readonly code: "x509/algorithm-mismatch" }
  /** This program does not support the algorithm of the signature. */
  | { readonly code: "x509/unsupported-algorithm"; readonly oid: string }
  /** This program does not support the type or size of the public key. */
  | { readonly code: "x509/unsupported-key"; readonly oid: string }
  /** The serial number is longer than the 20 bytes that RFC 5280 allows. */
  | { readonly code: "x509/bad-serial" }
  /** An extension occurs twice. */
  | { readonly code: "x509/duplicate-extension"; readonly oid: string }
  /** A certificate, a revocation list or a list entry has a critical extension that is not supported. */
  | { readonly code: "x509/unknown-critical-extension"; readonly oid: string }
  /**
   * The revocation list does not state when the next list is due, so this program cannot judge the list's
   * age.
   */
  | { readonly code: "x509/no-next-update" }
  /** The chain is empty or has more than five certificates. */
  | { readonly code: "x509/bad-chain-length"; readonly length: number }
  /** The chain does not lead to the trusted root: the issuer of a certificate is missing. */
  | { readonly code: "x509/issuer-missing" }
  /** A certificate is not part of the path from the leaf to the root: it is a duplicate, or unrelated. */
  | { readonly code: "x509/stray-certificate"; readonly count: number }
  /** The root certificate of the chain does not have the name and key of the trusted root. */
  | { readonly code: "x509/untrusted-root" }
  /**
   * A certificate in the chain is the issuer of the certificate below, but is not allowed to issue
   * certificates, or not at this depth.
   */
  | { readonly code: "x509/not-a-ca"; readonly depth: number }
  /** The leaf certificate is allowed to sign certificates, or is not allowed to sign data. */
  | { readonly code: "x509/bad-leaf" }
  /** A certificate was not yet valid at the time of the verification. */
  | { readonly code: "x509/not-yet-valid"; readonly depth: number }
  /** A certificate had expired at the time of the verification. */
  | { readonly code: "x509/expired"; readonly depth: number }
  /** The issuer that a certificate names did not sign the certificate. */
  | { readonly code: "x509/bad-signature"; readonly depth: number }
  /** The revocation list does not name the expected issuer. */
  | { readonly code: "x509/crl-wrong-issuer" }
  /** The issuer is not allowed to sign revocation lists. */
  | { readonly code: "x509/crl-not-allowed" }
  /** The issuer did not sign the revocation list. */
  | { readonly code: "x509/crl-bad-signature" }
  /** The revocation list was issued after the time of the verification. */
  | { readonly code: "x509/crl-not-yet-valid" }
  /** The revocation list expired before the time of the verification. */
  | { readonly code: "x509/crl-expired" };

/** Thrown for a certificate, a chain or a revocation list that does not verify. */
export class X509Error extends ProtocolError<X509ErrorDetail> {}
