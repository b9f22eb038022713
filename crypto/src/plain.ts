/** A `Uint8Array` over a Buffer's bytes: Buffers change what `slice` means and compare as another type. */
export function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
