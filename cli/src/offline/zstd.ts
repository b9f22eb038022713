/** Zstandard, in which runtime code is stored. Node.js itself reads it only since 22.15. */
import { concat } from "@pruntime/core/bytes";
import { Decompress } from "fzstd";
import { OfflineError } from "./error.ts";

/**
 * Unpacks one whole frame.
 * @param maxLength of the output, in bytes
 * @throws {@link OfflineError} `spec/bad-code`
 */
export function unzstd(bytes: Uint8Array, maxLength: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let [length, complete] = [0, false];
  const stream = new Decompress((chunk, final) => {
    length += chunk.length;
    if (length > maxLength) throw new OfflineError({ code: "spec/bad-code", reason: "zstd" });
    chunks.push(chunk);
    complete ||= final === true;
  });
  try {
    stream.push(bytes, true);
  } catch (cause) {
    if (cause instanceof OfflineError || !(cause instanceof Error)) throw cause;
    throw new OfflineError({ code: "spec/bad-code", reason: "zstd" }, { cause });
  }
  if (!complete) throw new OfflineError({ code: "spec/bad-code", reason: "zstd" });
  return concat(...chunks);
}
