/**
 * Certificate chains up to a root whose key is already trusted. The name in a certificate's `issuer` must
 * equal the `subject` of the certificate above, byte for byte. Every given certificate must be part of the
 * path from the leaf to the root.
 */
import { equal } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";
import type { Certificate } from "./certificate.ts";
import { X509Error } from "./error.ts";
import { keyUsages } from "./extensions.ts";
import { equalKeys, isSignedBy, type PublicKey } from "./signature.ts";

/** A trusted root, identified by name and key, because its certificate is reissued from time to time. */
export interface TrustedRoot {
  /** `Name` in DER. */
  readonly subject: Uint8Array;
  readonly publicKey: PublicKey;
}

/**
 * A chain up to a trusted root. Every certificate was valid at the time of the verification. Revocations are
 * not checked.
 */
export interface VerifiedChain {
  readonly leaf: Certificate;
  /**
   * The certificates above the leaf, in order. The root's own certificate is last, if the chain contained it.
   */
  readonly issuers: readonly Certificate[];
  /** The earliest time at which a certificate of the chain expires, in Unix milliseconds. */
  readonly validUntilMs: number;
}

/**
 * The length of a certificate chain.
 * @limit certificates
 * @source chosen: the chains of hardware makers are shorter
 * @past `x509/bad-chain-length`
 */
const maxLength = 5;

/**
 * Verifies `chain` as of `atMs`, in Unix milliseconds. The leaf must be first. The other certificates may be
 * in any order, with or without the root's own certificate.
 * @throws {@link X509Error}
 */
export function verifyChain(
  crypto: Crypto,
  root: TrustedRoot,
  atMs: number,
  chain: readonly Certificate[],
): VerifiedChain {
  const path = findPath(root, chain);
  path.forEach((certificate, depth) => {
    const issuer = path[depth + 1] ?? root;
    if (
      !isSignedBy(crypto, issuer.publicKey, certificate.algorithm, certificate.signed, certificate.signature)
    )
      throw new X509Error({ code: "x509/bad-signature", depth });
    if (!(certificate.notBeforeMs <= atMs)) throw new X509Error({ code: "x509/not-yet-valid", depth });
    if (!(atMs <= certificate.notAfterMs)) throw new X509Error({ code: "x509/expired", depth });
    if (depth === 0) assertLeaf(certificate);
    else assertIssuer(certificate, depth);
  });
  const [leaf, ...issuers] = path as [Certificate, ...Certificate[]];
  return { leaf, issuers, validUntilMs: Math.min(...path.map(({ notAfterMs }) => notAfterMs)) };
}

/**
 * Returns the path from the leaf to the root. The root's own certificate is last, if the chain contains it.
 */
function findPath(root: TrustedRoot, chain: readonly Certificate[]): readonly Certificate[] {
  const [leaf, ...rest] = chain;
  if (leaf === undefined || chain.length > maxLength)
    throw new X509Error({ code: "x509/bad-chain-length", length: chain.length });
  const path = [leaf];
  for (let last = leaf; !equal(last.issuer, last.subject); ) {
    const { issuer } = last;
    const next = rest.findIndex(({ subject }) => equal(subject, issuer));
    const found = rest[next];
    if (found === undefined) {
      if (!equal(issuer, root.subject)) throw new X509Error({ code: "x509/issuer-missing" });
      break;
    }
    rest.splice(next, 1);
    path.push(found);
    last = found;
  }
  if (rest.length > 0) throw new X509Error({ code: "x509/stray-certificate", count: rest.length });
  const top = path[path.length - 1] as Certificate;
  if (
    equal(top.issuer, top.subject) &&
    !(equal(top.subject, root.subject) && equalKeys(top.publicKey, root.publicKey))
  )
    throw new X509Error({ code: "x509/untrusted-root" });
  return path;
}

function assertLeaf({ basicConstraints, keyUsage }: Certificate): void {
  const mayNotSign = keyUsage !== undefined && (keyUsage & keyUsages.digitalSignature) === 0;
  if (basicConstraints.ca || mayNotSign) throw new X509Error({ code: "x509/bad-leaf" });
}

/**
 * Checks that a certificate may issue the certificate below it. Between an issuer at `depth` and the leaf are
 * `depth - 1` certificates.
 */
function assertIssuer(
  { basicConstraints: { ca, maxPathLength }, keyUsage }: Certificate,
  depth: number,
): void {
  const maySign = keyUsage === undefined || (keyUsage & keyUsages.keyCertSign) !== 0;
  if (!ca || !maySign || depth - 1 > maxPathLength) throw new X509Error({ code: "x509/not-a-ca", depth });
}
