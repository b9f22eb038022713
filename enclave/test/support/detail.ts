import { ProtocolError } from "@pruntime/core/errors";

/** Returns the detail of the coded error that `run` throws. */
export function detailOf(run: () => unknown): object {
  try {
    run();
    return { code: "accepted" };
  } catch (error) {
    return coded(error);
  }
}

/** Returns the detail of the coded error with which the promise rejects. */
export async function laterDetailOf(result: Promise<unknown> | unknown): Promise<object> {
  try {
    await result;
    return { code: "accepted" };
  } catch (error) {
    return coded(error);
  }
}

function coded(error: unknown): object {
  if (error instanceof ProtocolError) return error.detail as object;
  throw error;
}
