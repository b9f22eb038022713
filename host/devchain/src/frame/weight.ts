/** Weights of calls: the time that a call may take, in picoseconds. There are no proof sizes. */
import type { RuntimeCall } from "./codec.ts";

/** The weight of a call, in picoseconds. */
export type Weigh = (call: RuntimeCall) => bigint;

/** A read of storage, as Polkadot's `DbWeight` has it. */
export const readWeight = 20_499_000n;
/** A write of storage, as Polkadot's `DbWeight` has it. */
export const writeWeight = 83_471_000n;
/** The weight of a call that does not state its own, about that of a transfer. */
export const usualWeight = 200_000_000n;
