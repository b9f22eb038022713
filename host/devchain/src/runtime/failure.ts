import type { Value } from "../codecs.ts";

/** Thrown by a call that fails; `error` is its `DispatchError`. Never leaves the block that dispatches it. */
export class DispatchFailure extends Error {
  readonly error: Value;

  constructor(error: Value) {
    super("dispatch failed");
    this.error = error;
  }
}
