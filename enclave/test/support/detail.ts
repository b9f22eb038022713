import { ProtocolError } from "@pruntime/core/errors";

/** The detail of the coded error that `run` throws. */
export function detailOf(run: () => unknown): object {
  try {
    run();
    return { code: "accepted" };
  } catch (error) {
    return coded(error);
  }
}

/** The detail of the coded error that the promise rejects with. */
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
