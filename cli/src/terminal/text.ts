/** Reads the text of files written by people and their tools. */
import { fromUtf8 } from "@pruntime/core/bytes";

const byteOrderMarks = [
  { mark: [0xef, 0xbb, 0xbf], decode: fromUtf8 },
  { mark: [0xff, 0xfe], decode: (bytes: Uint8Array) => Buffer.from(bytes).toString("utf16le") },
] as const;

/**
 * Reads the text of a file: UTF-8, with or without a byte order mark, or UTF-16 with the byte order mark that
 * Windows writes.
 * @throws BytesError `bytes/bad-utf8`
 */
export function textOf(bytes: Uint8Array): string {
  for (const { mark, decode } of byteOrderMarks)
    if (mark.every((byte, i) => bytes[i] === byte)) return decode(bytes.subarray(mark.length));
  return fromUtf8(bytes);
}

/** Removes all white space from a text. */
export function withoutSpace(text: string): string {
  return text.replace(/\s+/g, "");
}
