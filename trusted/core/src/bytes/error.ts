import { ProtocolError } from "../errors/index.ts";

export type BytesErrorDetail =
  | { readonly code: "bytes/bad-hex"; readonly length: number }
  | { readonly code: "bytes/bad-base64"; readonly length: number }
  | { readonly code: "bytes/bad-utf8"; readonly length: number };

/** Text from outside that is not the encoding it claims to be. */
export class BytesError extends ProtocolError<BytesErrorDetail> {}
