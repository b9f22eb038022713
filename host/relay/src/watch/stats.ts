/** Counts of a relay's actions, for its metrics. */
import type { GetStatus } from "@pruntime/api";

/** The names of the counts, and the help text of each metric. */
export const counts = {
  requests: "JSON-RPC requests to nodes.",
  rateLimited: "Requests repeated because a node refused too many.",
  nodeFailures: "Sessions ended by a node's failure.",
  workerFailures: "Sessions ended by the worker's failure.",
  archiveAnswers: "Requests for discarded state that archive nodes answered.",
  headers: "Headers that the worker accepted.",
  blocks: "Blocks that the worker dispatched.",
} as const;

/** The source of a finality proof. */
export type ProofSource = "stored" | "prove-finality" | "period" | "announced";

/** The counts of one relay since it started. `proofs` counts finality proofs by source. */
export type RelayStats = Record<keyof typeof counts, number> & {
  readonly proofs: Record<ProofSource, number>;
  /** How long the worker's record in the registry is still valid, in seconds; `undefined` if it has none. */
  registrationSec: number | undefined;
  /** Whose failure ended the last session; `undefined` once both sides have answered again. */
  trouble: "node" | "worker" | undefined;
  /** The worker's `state_full`, which is null while blocks fit into the worker's memory. */
  stateFull: GetStatus["state_full"];
};

/** Makes counts that are all 0. */
export function newStats(): RelayStats {
  const zeros = Object.fromEntries(Object.keys(counts).map((name) => [name, 0]));
  return {
    ...(zeros as Record<keyof typeof counts, number>),
    proofs: { stored: 0, "prove-finality": 0, period: 0, announced: 0 },
    registrationSec: undefined,
    trouble: undefined,
    stateFull: null,
  };
}
