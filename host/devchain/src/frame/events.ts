import type { Value } from "./codec.ts";

/** The phase of a block in which an event was emitted. */
export type Phase =
  | { readonly type: "ApplyExtrinsic"; readonly value: number }
  | { readonly type: "Initialization"; readonly value: undefined }
  | { readonly type: "Finalization"; readonly value: undefined };

/** The events of the current block, in the form of `System.Events`. */
export class Events {
  #records: Value[] = [];
  #phase: Phase = { type: "Initialization", value: undefined };

  get records(): readonly Value[] {
    return this.#records;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
  }

  readonly deposit = (pallet: string, name: string, fields: Value): void => {
    this.#records.push({
      phase: this.#phase,
      event: { type: pallet, value: { type: name, value: fields } },
      topics: [],
    });
  };

  /** Removes all but the first `count` events. */
  truncate(count: number): void {
    this.#records = this.#records.slice(0, count);
  }
}
