import { ProtocolError } from "../errors/index.ts";

/**
 * Why text or bytes are rejected as hex, base64 or UTF-8. `length` is the length of the rejected input:
 * characters of text, or bytes.
 */
export type BytesErrorDetail =
  /**
   * The text is not hex: hex is an even number of hex digits, with `0x` in front only where the format
   * requires it.
   */
  | { readonly code: "bytes/bad-hex"; readonly length: number }
  /**
   * The text is not canonical base64: the standard alphabet with padding or, where the format requires it,
   * the URL alphabet without padding.
   */
  | { readonly code: "bytes/bad-base64"; readonly length: number }
  /** The bytes are not valid UTF-8, or the text contains a lone surrogate, which UTF-8 cannot express. */
  | { readonly code: "bytes/bad-utf8"; readonly length: number };

/** Text or bytes that do not have the required encoding. */
export class BytesError extends ProtocolError<BytesErrorDetail> {}
