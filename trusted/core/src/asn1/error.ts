import { ProtocolError } from "../errors/index.ts";

/** The reasons why DER or PEM is rejected. */
export type Asn1ErrorDetail =
  /** The input ends inside a value. */
  | { readonly code: "asn1/truncated"; readonly offset: number }
  /** A length is indefinite, not in its shortest form, or takes more than three bytes. */
  | { readonly code: "asn1/bad-length"; readonly offset: number }
  /** The next value does not have the type that the format requires, or its tag is in the long form. */
  | { readonly code: "asn1/bad-tag"; readonly offset: number; readonly tag: number }
  /** Bytes follow the last value of a container. */
  | { readonly code: "asn1/trailing"; readonly offset: number }
  /** Values are nested more than 16 levels deep. */
  | { readonly code: "asn1/too-deep"; readonly offset: number }
  /** A value is not in the one form that DER allows, or is out of range. */
  | { readonly code: "asn1/bad-value"; readonly offset: number; readonly type: string }
  /** The text is not canonical PEM, or contains something other than PEM blocks. */
  | { readonly code: "asn1/bad-pem"; readonly offset: number };

/** Thrown for bytes that are not the DER encoding of a value, and for text that is not canonical PEM. */
export class Asn1Error extends ProtocolError<Asn1ErrorDetail> {}
