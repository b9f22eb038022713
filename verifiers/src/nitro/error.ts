import { ProtocolError } from "@pruntime/core/errors";

/** The reasons why `verifyNitro` rejects a document. */
export type NitroErrorDetail =
  /** A document is longer than the 16 KiB that AWS allows. */
  | { readonly code: "nitro/too-long"; readonly length: number }
  /** A document contains CBOR that AWS does not use, or CBOR that is not in its shortest form. */
  | { readonly code: "nitro/bad-cbor"; readonly offset: number }
  /** A document is not a COSE_Sign1 of a map with ES384, or contains unsigned data. */
  | { readonly code: "nitro/bad-envelope" }
  /** A document lacks a field, or the field is malformed. */
  | { readonly code: "nitro/bad-field"; readonly field: string }
  /** The key in the document's certificate did not sign the document, or the document was changed. */
  | { readonly code: "nitro/bad-signature" };

/** Thrown for an attestation document of AWS Nitro that does not verify. */
export class NitroError extends ProtocolError<NitroErrorDetail> {}
