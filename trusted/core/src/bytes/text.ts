/**
 * Strict hex and base64. The decoders refuse hex of odd length or with an unexpected or missing `0x` prefix,
 * and base64 with unexpected or missing padding or with stray bits after the last byte. Hex digits may have
 * either case.
 */
import { base64 } from "@scure/base";
import type { Work } from "../work/index.ts";
import { concat } from "./bytes.ts";
import { BytesError } from "./error.ts";

const pairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * Lower-case hex without a prefix, as the 2020 interface writes it. The digits are joined in one step,
 * because a JavaScript engine stores a string that grew piece by piece as a tree of its pieces.
 */
export function toHex(bytes: Uint8Array): string {
  const text = new Array<string>(bytes.length);
  for (let i = 0; i < bytes.length; i++) text[i] = pairs[bytes[i] as number] as string;
  return text.join("");
}

/** Does what {@link toHex} does, in units. */
export function toHexWork(bytes: Uint8Array): Work<string> {
  return written(bytes, toHex);
}

/** Hex with the `0x` prefix, as JSON-RPC writes it. */
export function to0x(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`;
}

/**
 * Decodes hex without a prefix. The digits may be upper or lower case.
 * @throws {@link BytesError} `bytes/bad-hex` unless the text is an even number of hex digits and nothing else
 */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new BytesError({ code: "bytes/bad-hex", length: text.length });
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = nibble(text.charCodeAt(2 * i));
    const low = nibble(text.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) throw new BytesError({ code: "bytes/bad-hex", length: text.length });
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

/** Does what {@link fromHex} does, in units. @throws as {@link fromHex} */
export function fromHexWork(text: string): Work<Uint8Array> {
  return read(text, fromHex);
}

/**
 * Decodes hex with the `0x` prefix. The digits may be upper or lower case.
 * @throws {@link BytesError} `bytes/bad-hex` unless the text is `0x` and an even number of hex digits
 */
export function from0x(text: string): Uint8Array {
  if (!text.startsWith("0x")) throw new BytesError({ code: "bytes/bad-hex", length: text.length });
  return fromHex(text.slice(2));
}

function nibble(charCode: number): number {
  if (charCode >= 48 && charCode <= 57) return charCode - 48;
  if (charCode >= 97 && charCode <= 102) return charCode - 87;
  if (charCode >= 65 && charCode <= 70) return charCode - 55;
  return -1;
}

/** Base64 in the standard alphabet, padded. */
export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/** Does what {@link toBase64} does, in units. */
export function toBase64Work(bytes: Uint8Array): Work<string> {
  return written(bytes, toBase64);
}

/**
 * Decodes padded base64 in the standard alphabet.
 * @throws {@link BytesError} `bytes/bad-base64` unless the text is the canonical encoding
 */
export function fromBase64(text: string): Uint8Array {
  try {
    return base64.decode(text);
  } catch (cause) {
    throw new BytesError({ code: "bytes/bad-base64", length: text.length }, { cause });
  }
}

/** Does what {@link fromBase64} does, in units. @throws as {@link fromBase64} */
export function* fromBase64Work(text: string): Work<Uint8Array> {
  const padding = text.indexOf("=");
  if (padding >= 0 && padding < text.length - 2)
    throw new BytesError({ code: "bytes/bad-base64", length: text.length });
  return yield* read(text, fromBase64);
}

/**
 * The bytes that are written as text in one unit of work.
 * @limit bytes
 * @source chosen: one unit is shorter than a slice. A multiple of three, as base64 needs it
 * @past the work pauses, and a query may run
 */
const bytesPerUnit = 3 << 12;

/**
 * The text that is decoded in one unit of work.
 * @limit characters
 * @source chosen: one unit is shorter than a slice. A multiple of four, as base64 needs it
 * @past the work pauses, and a query may run
 */
export const encodedCharactersPerUnit: number = 1 << 14;

function* written(bytes: Uint8Array, write: (bytes: Uint8Array) => string): Work<string> {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerUnit) {
    if (at > 0) yield;
    pieces.push(write(bytes.subarray(at, at + bytesPerUnit)));
  }
  return pieces.join("");
}

function* read(text: string, decode: (text: string) => Uint8Array): Work<Uint8Array> {
  const pieces: Uint8Array[] = [];
  try {
    for (let at = 0; at < text.length; at += encodedCharactersPerUnit) {
      if (at > 0) yield;
      pieces.push(decode(text.slice(at, at + encodedCharactersPerUnit)));
    }
  } catch (error) {
    // The decoder knows only the length of its piece.
    if (!(error instanceof BytesError)) throw error;
    throw new BytesError({ ...error.detail, length: text.length }, { cause: error });
  }
  return concat(...pieces);
}

/**
 * Decodes base64 in the URL alphabet without padding (RFC 7515).
 * @throws {@link BytesError} `bytes/bad-base64` unless the text is the canonical encoding
 */
export function fromBase64Url(text: string): Uint8Array {
  if (/[+/=]/.test(text)) throw new BytesError({ code: "bytes/bad-base64", length: text.length });
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return fromBase64(standard.padEnd(Math.ceil(text.length / 4) * 4, "="));
}
