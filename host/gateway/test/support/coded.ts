import { ProtocolError } from "@pruntime/core/errors";

/**
 * Waits for a promise, and returns the detail of its coded error. Returns the code `accepted` if the promise
 * is fulfilled.
 */
export async function codedLater(result: Promise<unknown>): Promise<object> {
  try {
    await result;
    return { code: "accepted" };
  } catch (error) {
    if (error instanceof ProtocolError) return error.detail as object;
    throw error;
  }
}
