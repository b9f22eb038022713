/** Dispatches and weighs calls, by their declarations in the pallets. */
import type { RuntimeCall } from "./codec.ts";
import type { Context } from "./context.ts";
import { DispatchFailure } from "./failure.ts";
import type { Call, Pallet } from "./pallet.ts";
import { usualWeight, type Weigh } from "./weight.ts";

/** Dispatches a call. `who` (0x-hex) is the account that sends it. @throws {@link DispatchFailure} */
export type Dispatch = (context: Context, who: string, call: RuntimeCall) => void;

/**
 * Makes the dispatcher for the calls of these pallets. Inherents fail with `BadOrigin`, because no account
 * may sign them.
 */
export function dispatcherOf(pallets: readonly Pallet[]): Dispatch {
  const find = finderOf(pallets);
  return (context, who, call) => {
    const run = find(call)?.run;
    if (run === undefined) throw new DispatchFailure({ type: "BadOrigin", value: undefined });
    run(context, who, call.value.value as never);
  };
}

/** Makes the function that weighs calls of these pallets. The weight of a call includes its inner calls. */
export function weigherOf(pallets: readonly Pallet[]): Weigh {
  const find = finderOf(pallets);
  const weigh: Weigh = (call) => find(call)?.weight?.(call.value.value as never, weigh) ?? usualWeight;
  return weigh;
}

function finderOf(pallets: readonly Pallet[]): (call: RuntimeCall) => Call | undefined {
  const calls = new Map<string, Call>(
    pallets.flatMap((pallet) =>
      (pallet.calls ?? []).map((call) => [`${pallet.name}.${call.name}`, call] as const),
    ),
  );
  return (call) => calls.get(`${call.type}.${call.value.type}`);
}
