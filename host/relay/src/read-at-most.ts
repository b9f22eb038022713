import { BoundedBytes } from "@pruntime/core/bytes";

/**
 * Reads a body of limited length. Returns `undefined` if the body is longer than `maxBytes`. The rest of the
 * body is then not read.
 */
export async function readAtMost(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const read = new BoundedBytes(maxBytes);
  for await (const chunk of body) if (!read.add(chunk)) return undefined; // leaving the loop ends the stream
  const { buffer, byteOffset, length } = read.bytes();
  return Buffer.from(buffer, byteOffset, length);
}
