/** Calls that carry calls: batches. */
import { batchedCallsLimit } from "../metadata/pallets.ts";
import { type Context, rolledBack } from "./context.ts";
import { DispatchFailure } from "./failure.ts";
import type { RuntimeCall } from "./validity.ts";

export interface Batch {
  readonly calls: readonly RuntimeCall[];
}

/** Stops at the first call that fails, and keeps what was done before it. @throws {@link DispatchFailure} for too many calls */
export function batch(context: Context, who: string, { calls }: Batch): void {
  bound(context, calls);
  for (const [index, call] of calls.entries()) {
    const failure = rolledBack(context, () => context.dispatch(who, call));
    if (failure !== undefined) {
      context.deposit("Utility", "BatchInterrupted", { index, error: failure.error });
      return;
    }
    context.deposit("Utility", "ItemCompleted", undefined);
  }
  context.deposit("Utility", "BatchCompleted", undefined);
}

/** All or nothing. @throws {@link DispatchFailure} of the first call that fails */
export function batchAll(context: Context, who: string, { calls }: Batch): void {
  bound(context, calls);
  for (const call of calls) {
    context.dispatch(who, call);
    context.deposit("Utility", "ItemCompleted", undefined);
  }
  context.deposit("Utility", "BatchCompleted", undefined);
}

/** Each for itself. @throws {@link DispatchFailure} for too many calls */
export function forceBatch(context: Context, who: string, { calls }: Batch): void {
  bound(context, calls);
  let anyFailed = false;
  for (const call of calls) {
    const failure = rolledBack(context, () => context.dispatch(who, call));
    anyFailed ||= failure !== undefined;
    if (failure === undefined) context.deposit("Utility", "ItemCompleted", undefined);
    else context.deposit("Utility", "ItemFailed", { error: failure.error });
  }
  context.deposit("Utility", anyFailed ? "BatchCompletedWithErrors" : "BatchCompleted", undefined);
}

function bound({ runtime }: Context, calls: readonly RuntimeCall[]): void {
  if (calls.length > batchedCallsLimit)
    throw new DispatchFailure(runtime.codecs.moduleError("Utility", "TooManyCalls"));
}
