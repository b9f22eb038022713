import { ProtocolError } from "@pruntime/core/errors";

/** Waits for a promise to be rejected, and returns the detail of the error. */
export async function codedLater(result: Promise<unknown>): Promise<object> {
  try {
    await result;
    return { code: "accepted" };
  } catch (error) {
    if (error instanceof ProtocolError) return error.detail as object;
    throw error;
  }
}
