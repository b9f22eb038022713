/** How long a lost enclave stays down before it is started again. */
export interface BackOff {
  /** The first pause. */
  readonly minMs: number;
  /** The longest pause; an enclave that has lasted this long is forgiven what was before. */
  readonly maxMs: number;
}

/** The pause after so many failures in a row: doubled for each, bounded. */
export function pauseMsAfter(failures: number, { minMs, maxMs }: BackOff): number {
  return Math.min(maxMs, minMs * 2 ** Math.min(failures, 30));
}
