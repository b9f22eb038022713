/** Counts of what a relay has done, for its status line and its metrics. */

/** Where a finality proof came from. */
export type ProofSource = "stored" | "prove-finality" | "period" | "announced";

export interface RelayStats {
  /** JSON-RPC requests to nodes. */
  requests: number;
  /** Requests repeated because a node was asked too often. */
  rateLimited: number;
  /** Sessions given up because of the node. */
  nodeFailures: number;
  /** Sessions given up because of the worker. */
  workerFailures: number;
  /** Answers of archive nodes in place of a node that had discarded the state. */
  archiveAnswers: number;
  /** Headers the worker has accepted, and blocks it has dispatched, from this relay. */
  headers: number;
  blocks: number;
  readonly proofs: Record<ProofSource, number>;
}

export function newStats(): RelayStats {
  return {
    requests: 0,
    rateLimited: 0,
    nodeFailures: 0,
    workerFailures: 0,
    archiveAnswers: 0,
    headers: 0,
    blocks: 0,
    proofs: { stored: 0, "prove-finality": 0, period: 0, announced: 0 },
  };
}
