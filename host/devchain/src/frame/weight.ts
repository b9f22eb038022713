/** Weights of calls: the time that a call may take, in picoseconds. Sizes of proofs are not measured. */
import type { RuntimeCall } from "./codec.ts";

/** The weight of a call, in picoseconds. */
export type Weigh = (call: RuntimeCall) => bigint;

/** The weight of one read of storage, as in Polkadot's `DbWeight`. */
export const readWeight = 20_499_000n;
/** The weight of one write of storage, as in Polkadot's `DbWeight`. */
export const writeWeight = 83_471_000n;
/** The weight of a call that declares none. It is about the weight of a transfer. */
export const usualWeight = 200_000_000n;
