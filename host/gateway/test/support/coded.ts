import { ProtocolError } from "@pruntime/core/errors";

/** The error's detail of a promise that is rejected later. */
export async function codedLater(result: Promise<unknown>): Promise<object> {
  try {
    await result;
    return { code: "accepted" };
  } catch (error) {
    if (error instanceof ProtocolError) return error.detail as object;
    throw error;
  }
}
