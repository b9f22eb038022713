import { ProtocolError } from "../errors/index.ts";

/**
 * Why text or bytes are rejected as hex, base64 or UTF-8. `length` is the length of the rejected text in
 * characters, or of the rejected bytes. It excludes a `0x` prefix and includes padding that the decoder
 * added.
 */
export type BytesErrorDetail =
  /**
   * The text is not an even number of hex digits, lacks the `0x` prefix that the format requires, or has a
   * `0x` prefix that the format does not allow.
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
