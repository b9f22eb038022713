/** Calls that dispatch a batch of other calls. */
import type { RuntimeCall } from "../frame/codec.ts";
import { type Context, rolledBack } from "../frame/context.ts";
import { failuresOf } from "../frame/failure.ts";
import type { Pallet } from "../frame/pallet.ts";
import type { Weigh } from "../frame/weight.ts";

interface Batch {
  readonly calls: readonly RuntimeCall[];
}

/** The maximum number of calls in a batch. */
const batchedCallsLimit = 10_922;

const errors = ["TooManyCalls"] as const;
const failure = failuresOf<(typeof errors)[number]>("Utility");

/** The pallet for batches of calls. */
export const utility: Pallet = {
  name: "Utility",
  index: 7,
  calls: [
    {
      name: "batch",
      index: 0,
      args: { calls: "Vec<RuntimeCall>" },
      docs: "Dispatches the calls in order, and stops at the first call that fails.",
      run: batch,
      weight: weightOf,
    },
    {
      name: "batch_all",
      index: 2,
      args: { calls: "Vec<RuntimeCall>" },
      docs: "Dispatches all calls, or none if any call fails.",
      run: batchAll,
      weight: weightOf,
    },
    {
      name: "force_batch",
      index: 4,
      args: { calls: "Vec<RuntimeCall>" },
      docs: "Dispatches all calls, even if some fail.",
      run: forceBatch,
      weight: weightOf,
    },
  ],
  events: {
    BatchInterrupted: { index: "u32", error: "DispatchError" },
    BatchCompleted: [],
    BatchCompletedWithErrors: [],
    ItemCompleted: [],
    ItemFailed: { error: "DispatchError" },
  },
  errors,
  constants: { batched_calls_limit: ["u32", batchedCallsLimit] },
};

/**
 * Stops at the first call that fails, and keeps the changes of the calls before it.
 * @throws {@link DispatchFailure} for too many calls
 */
function batch(context: Context, who: string, { calls }: Batch): void {
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

/**
 * Runs all calls or none.
 * @throws {@link DispatchFailure} of the first call that fails, or for too many calls
 */
function batchAll(context: Context, who: string, { calls }: Batch): void {
  bound(context, calls);
  for (const call of calls) {
    context.dispatch(who, call);
    context.deposit("Utility", "ItemCompleted", undefined);
  }
  context.deposit("Utility", "BatchCompleted", undefined);
}

/** Runs each call independently. @throws {@link DispatchFailure} for too many calls */
function forceBatch(context: Context, who: string, { calls }: Batch): void {
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

/** Returns approximately the weight that Polkadot uses. The three kinds of batch weigh nearly the same. */
function weightOf({ calls }: Batch, weigh: Weigh): bigint {
  return calls.reduce((sum, call) => sum + 4_883_000n + weigh(call), 45_567_000n);
}

function bound(context: Context, calls: readonly RuntimeCall[]): void {
  if (calls.length > batchedCallsLimit) throw failure(context, "TooManyCalls");
}
