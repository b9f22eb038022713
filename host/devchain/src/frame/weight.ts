/** Weights of calls: the time that a call may take, in picoseconds. Sizes of proofs are not measured. */
import type { RuntimeCall } from "./codec.ts";

/** Returns the weight of a call, in picoseconds. */
export type Weigh = (call: RuntimeCall) => bigint;

/** The weight of one storage read in picoseconds, as in Polkadot's `DbWeight`. */
export const readWeight = 20_499_000n;
/** The weight of one storage write in picoseconds, as in Polkadot's `DbWeight`. */
export const writeWeight = 83_471_000n;
/** The weight of a call that declares no weight: approximately the weight of a transfer. */
export const usualWeight = 200_000_000n;
