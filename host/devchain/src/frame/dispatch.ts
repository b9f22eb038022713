/** Finds and runs the implementation of a call. */
import type { RuntimeCall } from "./codec.ts";
import type { Context } from "./context.ts";
import { DispatchFailure } from "./failure.ts";
import type { Call, Pallet } from "./pallet.ts";

/** Dispatches a call. `who` (0x-hex) is the account that sends it. @throws {@link DispatchFailure} */
export type Dispatch = (context: Context, who: string, call: RuntimeCall) => void;

/**
 * Makes the dispatcher for the calls of these pallets. Inherents fail with `BadOrigin`, because no account
 * may sign them.
 */
export function dispatcherOf(pallets: readonly Pallet[]): Dispatch {
  const calls = new Map<string, Call>(
    pallets.flatMap((pallet) =>
      (pallet.calls ?? []).map((call) => [`${pallet.name}.${call.name}`, call] as const),
    ),
  );
  return (context, who, call) => {
    const run = calls.get(`${call.type}.${call.value.type}`)?.run;
    if (run === undefined) throw new DispatchFailure({ type: "BadOrigin", value: undefined });
    run(context, who, call.value.value as never);
  };
}
