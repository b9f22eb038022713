import { ProtocolError } from "../../src/errors/index.ts";

/**
 * Returns the code of the coded error that `act` throws, or `accepted` if `act` returns. Rethrows errors
 * without a code.
 */
export function codeOf(act: () => unknown): string {
  try {
    act();
    return "accepted";
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}
