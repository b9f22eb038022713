import type { Value } from "../codecs.ts";
import type { Runtime } from "./runtime.ts";
import type { Storage } from "./storage.ts";

/** What a call may touch. */
export interface Context {
  readonly runtime: Runtime;
  readonly storage: Storage;
  /** Emits an event, in the phase that is being executed. */
  readonly deposit: (pallet: string, name: string, fields: Value) => void;
}
