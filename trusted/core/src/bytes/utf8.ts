/**
 * Strict UTF-8 in plain ECMAScript, because the trusted tiers compile without the host's TextEncoder. Every
 * well-formed text has exactly one encoding, and every accepted encoding decodes to exactly one text, so two
 * parties that have the same text compute the same hash of its bytes.
 */
import { bytesPerUnit, type Work } from "../work/index.ts";
import { concat } from "./bytes.ts";
import { BytesError } from "./error.ts";

/**
 * The UTF-8 bytes of a text.
 * @throws {@link BytesError} `bytes/bad-utf8` for a lone surrogate
 */
export function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return encode(text);
    bytes[i] = unit;
  }
  return bytes;
}

function encode(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length); // a unit takes at most three bytes
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) as number;
    if (point < 0x80) {
      bytes[end++] = point;
      continue;
    }
    if (point >= 0xd800 && point <= 0xdfff)
      throw new BytesError({ code: "bytes/bad-utf8", length: text.length });
    if (point < 0x800) bytes[end++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x1_0000) bytes[end++] = 0xe0 | (point >> 12);
      else {
        bytes[end++] = 0xf0 | (point >> 18);
        bytes[end++] = 0x80 | ((point >> 12) & 63);
        i++;
      }
      bytes[end++] = 0x80 | ((point >> 6) & 63);
    }
    bytes[end++] = 0x80 | (point & 63);
  }
  return bytes.slice(0, end);
}

/**
 * The text of UTF-8 bytes. A leading byte order mark is kept.
 * @throws {@link BytesError} `bytes/bad-utf8`
 */
export function fromUtf8(bytes: Uint8Array): string {
  if (isAscii(bytes)) return fromAscii(bytes);
  let text = "";
  let units: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] as number;
    if (lead < 0x80) {
      units.push(lead);
      i++;
    } else {
      const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
      const point = multibyte(bytes, i, length);
      if (point < 0) throw new BytesError({ code: "bytes/bad-utf8", length: bytes.length });
      if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
      else units.push(point);
      i += length;
    }
    if (units.length >= 4096) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

/** Does what {@link fromUtf8} does, in units. @throws as {@link fromUtf8} */
export function* fromUtf8Work(bytes: Uint8Array): Work<string> {
  let [text, start] = ["", 0];
  while (bytes.length - start > bytesPerUnit) {
    const end = startOfCharacter(bytes, start + bytesPerUnit);
    text += fromUtf8(bytes.subarray(start, end));
    start = end;
    yield;
  }
  return text + fromUtf8(bytes.subarray(start));
}

/** Does what {@link utf8} does, in units. @throws as {@link utf8} */
export function* utf8Work(text: string): Work<Uint8Array> {
  const pieces: Uint8Array[] = [];
  yield* forEachPiece(text, (piece) => pieces.push(utf8(piece)));
  return concat(...pieces);
}

/** Calls `visit` with the pieces of a text, one in each unit. No piece ends inside a surrogate pair. */
export function* forEachPiece(text: string, visit: (piece: string) => void): Work<void> {
  for (let start = 0; start < text.length; ) {
    if (start > 0) yield;
    let end = start + bytesPerUnit;
    if (isLow(text, end) && isHigh(text, end - 1)) end--;
    visit(text.slice(start, end));
    start = end;
  }
}

function isHigh(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function isLow(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** The offset of the character to which the byte at `at` belongs. It is at most three bytes before `at`. */
function startOfCharacter(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start > at - 3 && ((bytes[start] as number) & 0xc0) === 0x80) start--;
  return start;
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}

/**
 * The fast path for ASCII, because most texts are ASCII. `apply` converts a typed array without a loop over
 * its bytes.
 */
function fromAscii(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 4096)
    text += String.fromCharCode.apply(null, bytes.subarray(start, start + 4096) as unknown as number[]);
  return text;
}

/**
 * The smallest code points that need 2, 3 and 4 bytes. A sequence that encodes a smaller code point is
 * overlong.
 */
const least = [0x80, 0x800, 0x1_0000];

/** Returns the code point of the `length` bytes at `start`; -1 if they are not valid UTF-8. */
function multibyte(bytes: Uint8Array, start: number, length: number): number {
  const lead = bytes[start] as number;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  let point = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes[start + i];
    if (next === undefined || (next & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (next & 63);
  }
  if (point < (least[length - 2] as number) || point > 0x10_ffff) return -1;
  return point >= 0xd800 && point <= 0xdfff ? -1 : point;
}
