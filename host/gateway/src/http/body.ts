import type { IncomingMessage } from "node:http";
import type { BodyInParts } from "@pruntime/api/frames";
import { Refusal } from "../error.ts";

/** The body of a request that has none. */
export const noBody: BodyInParts = { parts: [], length: 0 };

/**
 * Parts of a body that are shorter than this are joined, because each part needs memory beside its bytes.
 * @limit bytes
 * @source chosen: a quarter of what Node reads from a connection at once
 * @past the part is kept as it came
 */
const smallPartBytes = 16 << 10;

/**
 * Reads a body of at most `limit` bytes. Large parts are not joined, because the body of an operator can have
 * several megabytes.
 * @throws {@link Refusal} `http/too-large`, or `http/bad-request` if the body does not arrive completely
 */
export function readBody(payload: IncomingMessage, limit: number): Promise<BodyInParts> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    let [length, joined, filled] = [0, new Uint8Array(), 0];
    const closeJoined = () => {
      if (filled > 0) parts.push(joined.subarray(0, filled));
      [joined, filled] = [new Uint8Array(), 0];
    };
    const take = (part: Uint8Array) => {
      length += part.length;
      if (length > limit) return tooLarge();
      if (filled + part.length > joined.length) closeJoined();
      if (part.length >= smallPartBytes) return parts.push(part);
      if (filled === 0) joined = new Uint8Array(smallPartBytes);
      joined.set(part, filled);
      filled += part.length;
    };
    const tooLarge = () => finish(() => reject(new Refusal({ code: "http/too-large", limit })));
    const end = () => finish(() => resolve({ parts, length }));
    const cut = (cause?: Error) => finish(() => reject(new Refusal({ code: "http/bad-request" }, { cause })));
    const finish = (settle: () => void) => {
      payload.off("data", take).off("end", end).off("close", cut);
      closeJoined();
      settle();
    };
    if (Number(payload.headers["content-length"]) > limit) tooLarge();
    else payload.on("data", take).on("end", end).on("error", cut).on("close", cut);
  });
}

/**
 * Checks the `Content-Type` header.
 * @throws {@link Refusal} `http/bad-content-type` unless the type is `application/json`. If the header names
 * a charset, the charset must be UTF-8.
 */
export function checkContentType(contentType: string | undefined): void {
  if (contentType === undefined || !/^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i.test(contentType))
    throw new Refusal({ code: "http/bad-content-type" });
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Refuses a body that is not JSON text, before the body reaches the enclave. The enclave itself checks the
 * content strictly.
 * @throws {@link Refusal} `http/bad-json`
 */
export function checkJsonText({ parts }: BodyInParts): void {
  try {
    JSON.parse(utf8.decode(Buffer.concat(parts)));
  } catch (error) {
    // The parser's own message quotes the body, so it is not passed on.
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw new Refusal({ code: "http/bad-json" });
    throw error;
  }
}
