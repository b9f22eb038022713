import { ProtocolError } from "../errors/index.ts";

/**
 * The reasons why JSON is rejected. An error names a place by its offset, or by a path of keys that this
 * program's schema declares. It never repeats a key or a value of the text.
 */
export type JsonErrorDetail =
  /** The text is longer than this reader allows. */
  | { readonly code: "json/too-long"; readonly length: number; readonly limit: number }
  /** Arrays and objects are nested deeper than this reader allows. */
  | { readonly code: "json/too-deep"; readonly offset: number; readonly limit: number }
  /**
   * The text has more objects and arrays than any message needs. Each of them uses many times its length in
   * memory.
   */
  | { readonly code: "json/too-many"; readonly offset: number; readonly limit: number }
  /** The text is not JSON at this offset. */
  | { readonly code: "json/bad-syntax"; readonly offset: number }
  /** A string has no end, or contains a control character, an unknown escape or a lone surrogate. */
  | { readonly code: "json/bad-string"; readonly offset: number }
  /** A number is out of range, too long, or (when writing) not an integer. */
  | { readonly code: "json/bad-number"; readonly offset: number }
  /** An object contains a key twice, so two readers could read it as two different messages. */
  | { readonly code: "json/duplicate-key"; readonly offset: number }
  /** Text follows the value. */
  | { readonly code: "json/trailing"; readonly offset: number }
  /** A field does not have the type that the interface declares. */
  | { readonly code: "json/wrong-type"; readonly at: string; readonly want: string }
  /** An object lacks a key that the interface requires. */
  | { readonly code: "json/missing-key"; readonly at: string }
  /** An object has a key that the interface does not define. */
  | { readonly code: "json/unknown-key"; readonly at: string }
  /** The value does not name exactly one variant that the interface defines. */
  | { readonly code: "json/unknown-variant"; readonly at: string }
  /** A value has the right type, but is outside the range or length that the interface allows. */
  | { readonly code: "json/out-of-range"; readonly at: string; readonly want: string };

/**
 * Thrown for text that is not JSON, and for JSON that does not have the shape that the interface declares.
 */
export class JsonError extends ProtocolError<JsonErrorDetail> {}
