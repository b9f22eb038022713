import type { MetricSources } from "../../src/metrics.ts";

/** Sources of metrics for a gateway whose enclave is ready and has stated nothing. */
export function metricSources(overrides: Partial<MetricSources> = {}): MetricSources {
  return {
    status: () => ({ state: "ready", restarts: 0, pid: 1, identity: undefined }),
    waiting: () => 0,
    progress: () => undefined,
    store: { bytes: () => 0, limitBytes: 100 },
    residentBytes: () => undefined,
    evidenceExpiresMs: () => undefined,
    version: "1.2.3",
    now: () => 0,
    ...overrides,
  };
}
