/** What a call costs its caller, in milliseconds. */

/** This many bytes cost as much as one millisecond of the enclave's time: a rate of about 130 Mbit/s. */
const bytesPerMs = 16_384;

/** The cost of a call that took `enclaveMs`, and whose body and reply have `bytes` together. */
export function costMs(enclaveMs: number, bytes: number): number {
  return Math.max(1, enclaveMs) + bytes / bytesPerMs;
}
