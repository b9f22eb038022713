/** How long the gateway waits before it restarts a lost enclave. */
export interface BackOff {
  /** The pause after the first failure. */
  readonly minMs: number;
  /** The longest pause. An enclave that has been ready for this long resets the count of failures. */
  readonly maxMs: number;
}

/**
 * The pause after a failure. `failures` is the number of consecutive failures before this failure. The pause
 * doubles with each failure, up to the limit.
 */
export function pauseMsAfter(failures: number, { minMs, maxMs }: BackOff): number {
  return Math.min(maxMs, minMs * 2 ** Math.min(failures, 30));
}
