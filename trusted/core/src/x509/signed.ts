/**
 * The common form of certificates and revocation lists: `SEQUENCE { body, algorithm, signature }`. The body
 * also names the algorithm.
 */
import { type DerReader, decodeDer, tags } from "../asn1/index.ts";
import { X509Error } from "./error.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm } from "./signature.ts";

/** A signed structure. */
export interface Signed {
  /** The bytes that the issuer signed. */
  readonly signed: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
}

/**
 * Reads a signed structure. `readBody` reads the body.
 * @throws {@link X509Error} `x509/algorithm-mismatch`; Asn1Error, and the errors of `readBody`
 */
export function decodeSigned<B extends Pick<Signed, "algorithm">>(
  bytes: Uint8Array,
  readBody: (r: DerReader) => B,
): B & Signed {
  return decodeDer(bytes, (reader) => {
    const r = reader.enter();
    const { bytes: signed, content } = r.value(tags.sequence);
    const body = readBody(r.into(content));
    if (readSignatureAlgorithm(r) !== body.algorithm)
      throw new X509Error({ code: "x509/algorithm-mismatch" });
    const signature = r.octetsOfBits();
    r.end();
    return { ...body, signed, signature };
  });
}
