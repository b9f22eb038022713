/**
 * Decodes messages of the bridge. Each kind of message has its own error code, because the program of 2020
 * had an error text for each kind.
 */
import { ProtocolError } from "@pruntime/core/errors";
import { DispatchError } from "./error.ts";

/** Decodes a message. @throws {@link DispatchError} with `code` if `decode` refuses the bytes */
export function readAs<T>(
  code: "dispatch/bad-block" | "dispatch/bad-body" | "dispatch/bad-set-change",
  decode: (bytes: Uint8Array) => T,
  bytes: Uint8Array,
): T {
  try {
    return decode(bytes);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new DispatchError({ code }, { cause });
  }
}
