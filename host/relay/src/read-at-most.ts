/**
 * Reads a body of limited length. Returns `undefined` if the body is longer than `maxBytes`. The rest of the
 * body is then not read.
 */
export async function readAtMost(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) return undefined; // leaving the loop also ends the body's stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
