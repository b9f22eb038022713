import { ProtocolError } from "../errors/index.ts";

/**
 * An error names a place by its offset, or by a path of keys that our own schema declares. It never repeats a
 * key or a value of the text.
 */
export type JsonErrorDetail =
  /** The text is longer than this reader allows. */
  | { readonly code: "json/too-long"; readonly length: number; readonly limit: number }
  /** Arrays and objects are nested deeper than this reader allows. */
  | { readonly code: "json/too-deep"; readonly offset: number; readonly limit: number }
  /** More objects and arrays than any message has; each takes many times its length in memory. */
  | { readonly code: "json/too-many"; readonly offset: number; readonly limit: number }
  /** The text is not JSON at this offset. */
  | { readonly code: "json/bad-syntax"; readonly offset: number }
  /** A string holds a control character, an unknown escape or a lone surrogate. */
  | { readonly code: "json/bad-string"; readonly offset: number }
  /** A number is out of range, too long, or (when writing) no integer. */
  | { readonly code: "json/bad-number"; readonly offset: number }
  /** An object names one key twice: two readers could see two messages in it. */
  | { readonly code: "json/duplicate-key"; readonly offset: number }
  /** Something follows the value. */
  | { readonly code: "json/trailing"; readonly offset: number }
  /** A field holds another type than the interface declares. */
  | { readonly code: "json/wrong-type"; readonly at: string; readonly want: string }
  /** An object lacks a key that the interface requires. */
  | { readonly code: "json/missing-key"; readonly at: string }
  /** An object has a key that the interface does not know. */
  | { readonly code: "json/unknown-key"; readonly at: string }
  /** A variant name that the interface does not know, or not exactly one of them. */
  | { readonly code: "json/unknown-variant"; readonly at: string }
  /** A value has the right type, but not the range or length the interface allows. */
  | { readonly code: "json/out-of-range"; readonly at: string; readonly want: string };

/** Text that is not JSON, or JSON that is not of the shape the interface declares. */
export class JsonError extends ProtocolError<JsonErrorDetail> {}
