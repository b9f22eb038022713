import { ProtocolError } from "@pruntime/core/errors";

/** The reasons for which `verifyNitro` rejects a document. */
export type NitroErrorDetail =
  /** A document is longer than the 16 KiB that AWS allows. */
  | { readonly code: "nitro/too-long"; readonly length: number }
  /** A document uses CBOR that AWS does not use, or is not in the shortest form. */
  | { readonly code: "nitro/bad-cbor"; readonly offset: number }
  /** A document is not a COSE_Sign1 with ES384, or contains unsigned data. */
  | { readonly code: "nitro/bad-envelope" }
  /** A document lacks a field, or the field is malformed. */
  | { readonly code: "nitro/bad-field"; readonly field: string }
  /** The key in the document's certificate did not sign it, or something in it was changed. */
  | { readonly code: "nitro/bad-signature" };

/** An attestation document of AWS Nitro that does not verify. */
export class NitroError extends ProtocolError<NitroErrorDetail> {}
