/** Writes DER, for tests that issue their own certificates. */
import { concat, fromHex, utf8 } from "../../src/bytes/index.ts";

export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concat(...content);
  const { length } = body;
  if (length < 0x80) return concat(Uint8Array.of(tag, length), body);
  if (length < 0x100) return concat(Uint8Array.of(tag, 0x81, length), body);
  return concat(Uint8Array.of(tag, 0x82, length >> 8, length & 0xff), body);
}

export const sequence = (...items: readonly Uint8Array[]): Uint8Array => der(0x30, ...items);
export const set = (...items: readonly Uint8Array[]): Uint8Array => der(0x31, ...items);
export const octets = (bytes: Uint8Array): Uint8Array => der(0x04, bytes);
export const bits = (bytes: Uint8Array, unused = 0): Uint8Array => der(0x03, Uint8Array.of(unused), bytes);
export const boolean = (value: boolean): Uint8Array => der(0x01, Uint8Array.of(value ? 0xff : 0));
export const text = (value: string): Uint8Array => der(0x0c, utf8(value));
export const explicit = (n: number, ...items: readonly Uint8Array[]): Uint8Array => der(0xa0 | n, ...items);

/** A non-negative INTEGER, given as big-endian bytes or as a small number. */
export function integer(value: Uint8Array | number): Uint8Array {
  const bytes =
    typeof value === "number"
      ? fromHex(value.toString(16).padStart(2 * Math.ceil(value.toString(16).length / 2), "0"))
      : value;
  const start = Math.min(bytes.findIndex((byte) => byte !== 0) >>> 0, bytes.length - 1);
  const minimal = bytes.subarray(start);
  return der(0x02, (minimal[0] as number) >= 0x80 ? concat(Uint8Array.of(0), minimal) : minimal);
}

export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, ...[40 * first + second, ...rest].map(base128));
}

function base128(value: number): Uint8Array {
  const digits = [value % 128];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
    digits.unshift(128 + (left % 128));
  return Uint8Array.from(digits);
}

/** A UTCTime for years up to 2049, a GeneralizedTime for later years. */
export function time(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "");
  return digits < "2050" ? der(0x17, utf8(digits.slice(2))) : der(0x18, utf8(digits));
}
