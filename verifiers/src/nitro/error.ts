import { ProtocolError } from "@pruntime/core/errors";

/** Why `verifyNitro` rejects a document. */
export type NitroErrorDetail =
  /** A document is longer than the 16 KiB that AWS allows. */
  | { readonly code: "nitro/too-long"; readonly length: number }
  /** A document is not written in the shortest form of the part of CBOR that AWS uses. */
  | { readonly code: "nitro/bad-cbor"; readonly offset: number }
  /** A document is not a COSE_Sign1 with ES384, or holds something unsigned. */
  | { readonly code: "nitro/bad-envelope" }
  /** A document lacks a field, or has it in another form. */
  | { readonly code: "nitro/bad-field"; readonly field: string }
  /** The key in the document's certificate did not sign it, or something in it was changed. */
  | { readonly code: "nitro/bad-signature" };

/** An attestation document of AWS Nitro that does not verify. */
export class NitroError extends ProtocolError<NitroErrorDetail> {}
