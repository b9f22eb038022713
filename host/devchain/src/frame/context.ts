/** Defines the context in which a call runs, and undoes failed calls. */
import type { Crypto } from "@pruntime/core/crypto";
import type { RuntimeCall, RuntimeCodecs, Value } from "./codec.ts";
import type { Events } from "./events.ts";
import { DispatchFailure } from "./failure.ts";
import type { Storage } from "./storage.ts";

/** The position of an extrinsic in the chain. */
export interface Timepoint {
  readonly height: number;
  readonly index: number;
}

/** The parts of the chain that a call may use. */
export interface Context {
  readonly crypto: Crypto;
  readonly codecs: RuntimeCodecs;
  readonly storage: Storage;
  readonly events: Events;
  /** The position of the current extrinsic. */
  readonly timepoint: Timepoint;
  /** Emits an event, in the current phase. */
  readonly deposit: (pallet: string, name: string, fields: Value) => void;
  /**
   * Dispatches a call inside the current call. `who` (0x-hex) is the account that sends it.
   * @throws {@link DispatchFailure}
   */
  readonly dispatch: (who: string, call: RuntimeCall) => void;
}

/** Converts the result of a call to the `DispatchResult` that events contain. */
export function dispatchResult(failure: DispatchFailure | undefined): Value {
  return failure === undefined
    ? { success: true, value: undefined }
    : { success: false, value: failure.error };
}

/** Runs a call. If it fails, returns the failure and undoes the call's changes and events. */
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
