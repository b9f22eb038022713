/** How old the worker's latest verified block is, and what follows from its age. */

/**
 * The age of the latest block, by the browser's clock.
 * @limit ms, ms
 * @source chosen: ten blocks of 6 s each, and the age at which the client refuses answers
 * @past the page turns amber, and then locks sealing
 */
export const freshLimits = { amberMs: 60_000, lockedMs: 120_000 };

/** The age of the latest block, and its meaning. `ageMs` is `undefined` while the chain's time is unknown. */
export interface Freshness {
  readonly kind: "unknown" | "fresh" | "amber" | "locked";
  readonly ageMs: number | undefined;
}

/** Judges the age of a block. @param chainTimeMs Unix milliseconds; 0 if the chain's time is unknown */
export function freshnessOf(chainTimeMs: number, nowMs: number): Freshness {
  if (chainTimeMs === 0) return { kind: "unknown", ageMs: undefined };
  const ageMs = Math.max(0, nowMs - chainTimeMs);
  if (ageMs > freshLimits.lockedMs) return { kind: "locked", ageMs };
  return { kind: ageMs > freshLimits.amberMs ? "amber" : "fresh", ageMs };
}
