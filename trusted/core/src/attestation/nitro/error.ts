import { ProtocolError } from "../../errors/index.ts";

export type NitroErrorDetail =
  /** A document is longer than the 16 KiB that AWS allows. */
  | { readonly code: "nitro/too-long"; readonly length: number }
  /** A document is not written in the shortest form of the part of CBOR that AWS uses. */
  | { readonly code: "nitro/bad-cbor"; readonly offset: number }
  /** A document is no COSE_Sign1 with ES384 and nothing unsigned beside it. */
  | { readonly code: "nitro/bad-envelope" }
  /** A document lacks a field, or has it in another form. */
  | { readonly code: "nitro/bad-field"; readonly field: string }
  /** A document is not signed by the key in its certificate: something in it was changed. */
  | { readonly code: "nitro/bad-signature" };

/** An attestation document of AWS Nitro that is not to be believed. */
export class NitroError extends ProtocolError<NitroErrorDetail> {}
