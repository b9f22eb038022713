/**
 * Binary text: a byte string as a text of one character for each byte. Maps compare texts by value, and byte
 * strings only by identity. ASCII text is the binary text of its own bytes.
 */

/** The text of some bytes. Texts sort as their bytes do. */
export function toBinary(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

/** The bytes of a binary text. */
export function fromBinary(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
