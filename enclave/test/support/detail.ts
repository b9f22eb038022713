import { ProtocolError } from "@pruntime/core/errors";

/** What is refused, as data. */
export function detailOf(run: () => unknown): object {
  try {
    run();
    return { code: "accepted" };
  } catch (error) {
    return coded(error);
  }
}

/** What is refused later. */
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
