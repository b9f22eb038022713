/** Defines and makes the errors with which calls fail. */
import type { RuntimeCodecs, Value } from "./codec.ts";

/**
 * Thrown by a call that fails. `error` is the call's `DispatchError`. `rolledBack` catches the failure.
 */
export class DispatchFailure extends Error {
  readonly error: Value;

  constructor(error: Value) {
    super("dispatch failed");
    this.error = error;
  }
}

/** Makes a failure from one of a pallet's own errors. */
export type FailureOf<E extends string> = (
  context: { readonly codecs: Pick<RuntimeCodecs, "moduleError"> },
  error: E,
) => DispatchFailure;

/** Returns a function that turns the name of one of the pallet's errors into a failure. */
export function failuresOf<E extends string>(pallet: string): FailureOf<E> {
  return ({ codecs }, error) => new DispatchFailure(codecs.moduleError(pallet, error));
}

/** A decoded `MultiAddress`. */
export interface Address {
  readonly type: string;
  readonly value: Value;
}

/**
 * Returns the account (0x-hex) of an address.
 * @throws {@link DispatchFailure} for addresses other than account ids
 */
export function accountOf({ type, value }: Address): string {
  if (type !== "Id") throw new DispatchFailure({ type: "CannotLookup", value: undefined });
  return value as string;
}
