/**
 * Binary text: a byte string as a string with one character for each byte. Maps compare strings by value, but
 * byte arrays only by identity. The binary text of ASCII bytes is the ASCII text.
 */

/** Converts bytes to binary text. The texts sort in the same order as the bytes. */
export function toBinary(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

/** Converts binary text to bytes. */
export function fromBinary(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
