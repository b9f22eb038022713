import { ProtocolError } from "../errors/index.ts";

export type X509ErrorDetail =
  /** A certificate or a revocation list is of another version than the one in use. */
  | { readonly code: "x509/bad-version" }
  /** The algorithm named outside the signed part is not the one named inside. */
  | { readonly code: "x509/algorithm-mismatch" }
  /** Signed in a way that no chain here is. */
  | { readonly code: "x509/unsupported-algorithm"; readonly oid: string }
  /** A public key of a kind or size that no chain here has. */
  | { readonly code: "x509/unsupported-key"; readonly oid: string }
  /** A serial number is longer than the 20 bytes that RFC 5280 allows. */
  | { readonly code: "x509/bad-serial" }
  /** One extension stands there twice. */
  | { readonly code: "x509/duplicate-extension"; readonly oid: string }
  /** An extension that must be understood is not understood here. */
  | { readonly code: "x509/unknown-critical-extension"; readonly oid: string }
  /** A revocation list does not say when the next one is due, so nobody can tell whether it is old. */
  | { readonly code: "x509/no-next-update" }
  /** There are no certificates, or more than any chain here has. */
  | { readonly code: "x509/bad-chain-length"; readonly length: number }
  /** The issuer of a certificate is neither in the chain nor the trusted root. */
  | { readonly code: "x509/issuer-missing" }
  /** A certificate in the chain leads nowhere: it is a duplicate or has nothing to do with the leaf. */
  | { readonly code: "x509/stray-certificate"; readonly count: number }
  /** The chain ends in a root with another key than the trusted one, whatever its name. */
  | { readonly code: "x509/untrusted-root" }
  /** A certificate that signs others may not, or may not that deep. */
  | { readonly code: "x509/not-a-ca"; readonly depth: number }
  /** The certificate at the end of a chain may itself sign certificates, or may not sign what it signed. */
  | { readonly code: "x509/bad-leaf" }
  /** A certificate is not valid yet at the time asked for. */
  | { readonly code: "x509/not-yet-valid"; readonly depth: number }
  /** A certificate has expired at the time asked for. */
  | { readonly code: "x509/expired"; readonly depth: number }
  /** A certificate is not signed by the issuer it names. */
  | { readonly code: "x509/bad-signature"; readonly depth: number }
  /** A revocation list is of another issuer than the certificates it should judge. */
  | { readonly code: "x509/crl-wrong-issuer" }
  /** The issuer of a revocation list may sign other things, but no such lists. */
  | { readonly code: "x509/crl-not-allowed" }
  /** A revocation list is not signed by its issuer. */
  | { readonly code: "x509/crl-bad-signature" }
  /** A revocation list is of a later time than the one asked for. */
  | { readonly code: "x509/crl-not-yet-valid" }
  /** A revocation list is older than it may be. */
  | { readonly code: "x509/crl-expired" };

/** A certificate, a chain or a revocation list that does not prove what it should. */
export class X509Error extends ProtocolError<X509ErrorDetail> {}
