/**
 * Zstandard, with which chains compress the runtime code that they store. Node.js itself can unpack Zstandard
 * only since version 22.15. Like the rest of this package, this file uses a library to implement an interface
 * of the trusted core.
 */
import { concat } from "@pruntime/core/bytes";
import { Decompress } from "fzstd";

/**
 * Unpacks one whole frame, and stops as soon as the output is too long.
 * @param maxLength the greatest allowed length of the output, in bytes
 * @returns the output; `undefined` if the bytes are not one frame or the output exceeds `maxLength`
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
