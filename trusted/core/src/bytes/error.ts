import { ProtocolError } from "../errors/index.ts";

export type BytesErrorDetail =
  /** Text that should be hex is not an even number of hex digits (with `0x` in front only where the format says so). */
  | { readonly code: "bytes/bad-hex"; readonly length: number }
  /** Text that should be base64 is not the one padded form of the standard alphabet. */
  | { readonly code: "bytes/bad-base64"; readonly length: number }
  /** Bytes that should be UTF-8 are not, or text holds a lone surrogate that UTF-8 cannot express. */
  | { readonly code: "bytes/bad-utf8"; readonly length: number };

/** Text from outside that is not the encoding it claims to be. */
export class BytesError extends ProtocolError<BytesErrorDetail> {}
