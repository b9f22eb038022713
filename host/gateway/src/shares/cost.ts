/** What a call costs its caller, in milliseconds. */
import type { CostClass } from "@pruntime/api/frames";

/** This many bytes cost as much as one millisecond of the enclave's time: a rate of about 130 Mbit/s. */
const bytesPerMs = 16_384;

/** The cost of one call of each class. The enclave states the class of a call. */
const classMs: Readonly<Record<CostClass, number>> = { 0: 1, 1: 8, 2: 64, 3: 512 };

/** The cost of a call of this class whose body and reply have `bytes` together. */
export function costMs(cost: CostClass, bytes: number): number {
  return classMs[cost] + bytes / bytesPerMs;
}
