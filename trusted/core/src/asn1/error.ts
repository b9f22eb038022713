import { ProtocolError } from "../errors/index.ts";

export type Asn1ErrorDetail =
  /** The input ends inside a value. */
  | { readonly code: "asn1/truncated"; readonly offset: number }
  /** A length is indefinite, not in its shortest form, or too long for its field. */
  | { readonly code: "asn1/bad-length"; readonly offset: number }
  /** Another type of value stands here than the format wants, or a tag in the long form, which no format here has. */
  | { readonly code: "asn1/bad-tag"; readonly offset: number; readonly tag: number }
  /** Something follows the last value of its container. */
  | { readonly code: "asn1/trailing"; readonly offset: number }
  /** Values are nested deeper than any format here has them. */
  | { readonly code: "asn1/too-deep"; readonly offset: number }
  /** A value is not in the one form that DER allows, or out of range. */
  | { readonly code: "asn1/bad-value"; readonly offset: number; readonly type: string }
  /** Text that should be PEM is not the canonical form: marks, lines of one width, canonical base64, nothing between and nothing after. */
  | { readonly code: "asn1/bad-pem"; readonly offset: number };

/** Bytes that are not the one DER encoding of a value, or text that is not its canonical PEM. */
export class Asn1Error extends ProtocolError<Asn1ErrorDetail> {}
