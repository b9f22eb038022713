import type { Value } from "../codecs.ts";
import type { Events } from "./events.ts";
import { DispatchFailure } from "./failure.ts";
import type { Runtime } from "./runtime.ts";
import type { Storage, Timepoint } from "./storage.ts";
import type { RuntimeCall } from "./validity.ts";

/** What a call may touch. */
export interface Context {
  readonly runtime: Runtime;
  readonly storage: Storage;
  readonly events: Events;
  /** The extrinsic that is being applied. */
  readonly timepoint: Timepoint;
  /** Emits an event, in the phase that is being executed. */
  readonly deposit: (pallet: string, name: string, fields: Value) => void;
  /** Dispatches a call within this one, in the name of an account (0x-hex). @throws {@link DispatchFailure} */
  readonly dispatch: (who: string, call: RuntimeCall) => void;
}

/** `DispatchResult` as events carry it. */
export function dispatchResult(failure: DispatchFailure | undefined): Value {
  return failure === undefined
    ? { success: true, value: undefined }
    : { success: false, value: failure.error };
}

/** Runs a call; when it fails, answers why, and nothing of it counts: neither changes nor events. */
export function rolledBack({ storage, events }: Context, run: () => void): DispatchFailure | undefined {
  const { length: before } = events.records;
  try {
    storage.transactional(run);
    return undefined;
  } catch (error) {
    if (!(error instanceof DispatchFailure)) throw error;
    events.truncate(before);
    return error;
  }
}
