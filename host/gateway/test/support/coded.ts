import { ProtocolError } from "@pruntime/core/errors";

/** What is refused later, as data. */
export async function codedLater(result: Promise<unknown>): Promise<object> {
  try {
    await result;
    return { code: "accepted" };
  } catch (error) {
    if (error instanceof ProtocolError) return error.detail as object;
    throw error;
  }
}
