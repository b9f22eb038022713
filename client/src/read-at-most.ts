/** Reads bodies of limited length, so that a server cannot fill the memory of a client. */
import { BoundedBytes } from "@pruntime/core/bytes";

/**
 * Reads the body of a response to `fetch`. Returns `undefined` if the body is longer than `maxBytes`. The
 * rest of the body is then not read.
 */
export async function readAtMost({ body }: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const read = new BoundedBytes(maxBytes);
  const reader = body?.getReader();
  for (;;) {
    const { value } = (await reader?.read()) ?? {};
    if (value === undefined) return read.bytes();
    if (read.add(value)) continue;
    await reader?.cancel();
    return undefined;
  }
}
