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
  putBinary(bytes, 0, text);
  return bytes;
}

/** Writes the bytes of binary text into `bytes` from `offset`. */
export function putBinary(bytes: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}
