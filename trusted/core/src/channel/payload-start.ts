/**
 * A cheap first look at the payload of a command. The first few bytes or the length of a payload usually show
 * that it is not an envelope. So a block that is full of such payloads costs a worker little.
 */
import { utf8 } from "../bytes/index.ts";

/** The names of a command's envelopes. */
const names = ["Plain", "Cipher", "Sealed"].map(utf8);

/**
 * The longest of these names.
 * @format
 */
const longestName = 6;

/**
 * The most bytes that a UTF-16 unit takes in UTF-8. A pair of units takes four bytes.
 * @format
 */
const bytesPerUnit = 3;

const [brace, quote, backslash] = [0x7b, 0x22, 0x5c] as const;

/**
 * Returns whether bytes may be the text of a command's envelope with at most `maxLength` UTF-16 units. If the
 * result is `false`, `decodePayload` throws for these bytes. Reads the white space at the start, and at most
 * eight more bytes.
 */
export function mayBePayload(bytes: Uint8Array, maxLength: number): boolean {
  if (bytes.length > bytesPerUnit * maxLength) return false;
  const open = afterSpace(bytes, 0);
  if (bytes[open] !== brace) return false;
  const key = afterSpace(bytes, open + 1);
  return bytes[key] === quote && mayStartName(bytes, key + 1);
}

/** Returns whether the key that starts here is a name, or has an escape sequence where a name would stand. */
function mayStartName(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + longestName; i++) if (bytes[i] === backslash) return true;
  return names.some(
    (name) => name.every((byte, i) => bytes[at + i] === byte) && bytes[at + name.length] === quote,
  );
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

/** White space in JSON. */
function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
