/**
 * Returns a plain `Uint8Array` over a Buffer's memory. A Buffer's own `slice` shares memory instead of
 * copying it, and test frameworks treat a Buffer as a different type.
 */
export function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
