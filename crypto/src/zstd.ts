/**
 * Zstandard, in which chains store their code. Node.js itself reads it only since 22.15. It stands beside the
 * cryptography because it is the same kind of thing: a library's work behind a port of the trusted core.
 */
import { concat } from "@pruntime/core/bytes";
import { Decompress } from "fzstd";

/**
 * Unpacks one whole frame, and stops as soon as the output is too long.
 * @param maxLength of the output, in bytes
 * @returns `undefined` for bytes that are not one frame, and for a longer output
 */
export function unzstd(bytes: Uint8Array, maxLength: number): Uint8Array | undefined {
  const chunks: Uint8Array[] = [];
  let [length, complete] = [0, false];
  const stream = new Decompress((chunk, final) => {
    length += chunk.length;
    if (length > maxLength) throw new Error("too long");
    chunks.push(chunk);
    complete ||= final === true;
  });
  try {
    stream.push(bytes, true);
  } catch (error) {
    if (error instanceof Error) return undefined; // the library's errors have no common class
    throw error;
  }
  return complete ? concat(...chunks) : undefined;
}
