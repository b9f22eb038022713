import { ProtocolError } from "../../src/errors/index.ts";

/** The code of the error that `act` throws, or `accepted`. Other errors are rethrown. */
export function codeOf(act: () => unknown): string {
  try {
    act();
    return "accepted";
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}
