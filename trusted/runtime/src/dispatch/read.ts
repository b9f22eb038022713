/** Reads what the 2020 bridge sends. What cannot be read has a code of its own, because 2020 had words for it. */
import { ProtocolError } from "@pruntime/core/errors";
import { DispatchError } from "./error.ts";

/** Decodes one message by `decode`. @throws {@link DispatchError} with `code` where `decode` refuses the bytes */
export function readAs<T>(
  code: "dispatch/bad-block" | "dispatch/bad-set-change",
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
