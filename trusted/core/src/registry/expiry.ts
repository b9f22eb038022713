import type { GeneralPolicy } from "../attestation/index.ts";
import type { WorkerRecord } from "./record.ts";

/**
 * The time after which a worker's record is too old for the policy, in Unix milliseconds. The record is valid
 * for `maxAgeSec` after the registration, and never after the policy's `notAfter`.
 */
export function recordEndsMs(
  { maxAgeSec, notAfterMs = Infinity }: Pick<GeneralPolicy, "maxAgeSec" | "notAfterMs">,
  { registeredMs }: Pick<WorkerRecord, "registeredMs">,
): number {
  return Math.min(Number(registeredMs) + maxAgeSec * 1000, notAfterMs);
}
