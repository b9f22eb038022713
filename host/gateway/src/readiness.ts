import type { EnclaveState } from "./enclave/supervisor.ts";
import type { Progress } from "./progress.ts";

/**
 * How old the state of a ready worker may be, by chain time, and how many finalized blocks it may have yet to
 * execute.
 * @limit ms, blocks
 * @source chosen: clients accept answers of the same age; a worker executes a call of blocks at a time
 * @past `GET /readyz` answers with status 503
 */
const readyLimits = { ageMs: 120_000, lagBlocks: 16 };

/**
 * Why a worker is not ready. `enclave`: the enclave accepts no calls. `unknown`: the running enclave has not
 * stated a block yet, for example because no relay feeds it. `behind`: finalized blocks wait to be executed.
 * `stale`: the last executed block is old, so clients refuse answers.
 */
export type Doubt = "enclave" | "unknown" | "behind" | "stale";

/** Whether a worker is ready, why not, and what it has stated about its progress. */
export interface Readiness {
  readonly ready: boolean;
  readonly doubts: readonly Doubt[];
  readonly finalized: number | null;
  readonly dispatched: number | null;
  /** The age of the last executed block, in milliseconds. */
  readonly age_ms: number | null;
}

/** Judges whether a worker is ready. `nowMs` is the current time in Unix milliseconds. */
export function readinessOf(state: EnclaveState, progress: Progress | undefined, nowMs: number): Readiness {
  const { finalized = null, dispatched = null, chainTimeMs = 0 } = progress ?? {};
  const ageMs = chainTimeMs === 0 ? null : nowMs - chainTimeMs;
  const lag = (finalized ?? 0) - (dispatched ?? 0);
  const doubts: readonly Doubt[] = [
    ...(state === "ready" ? [] : ["enclave" as const]),
    ...(ageMs === null ? ["unknown" as const] : []),
    ...(lag > readyLimits.lagBlocks ? ["behind" as const] : []),
    ...(ageMs !== null && ageMs > readyLimits.ageMs ? ["stale" as const] : []),
  ];
  return { ready: doubts.length === 0, doubts, finalized, dispatched, age_ms: ageMs };
}
