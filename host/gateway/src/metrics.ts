import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type Lane, lanes } from "./enclave/lane.ts";
import type { EnclaveStatus } from "./enclave/supervisor.ts";
import { type Batch, dispatching, type Progress } from "./progress.ts";
import { queryOutcome, queryOutcomes } from "./query-outcome.ts";

/** What the metrics record about a request. */
export interface AnsweredRequest {
  /** The action's name, or "page". */
  readonly action: string;
  readonly status: number;
  /** The error's code, or "ok", or "abandoned" if the caller disconnected before it received the reply. */
  readonly code: string;
  readonly ms: number;
}

/** The sources of the values that the gauges report. Each is called at every scrape. */
export interface MetricSources {
  readonly status: () => EnclaveStatus;
  readonly waiting: (lane: Lane) => number;
  readonly progress: () => Progress | undefined;
  /** The bytes of the stored blobs, and their limit. */
  readonly store: { readonly bytes: () => number; readonly limitBytes: number };
  /** The resident memory of a process in bytes; `undefined` if the system does not report it. */
  readonly residentBytes: (pid: number) => number | undefined;
  /** When the collateral of the latest evidence expires, in Unix milliseconds; `undefined` if unknown. */
  readonly evidenceExpiresMs: () => number | undefined;
  /** The program's version. */
  readonly version: string;
  /** The current time in Unix milliseconds. */
  readonly now: () => number;
}

/** The gateway's metrics, in their own registry. */
export interface Metrics {
  readonly answered: (request: AnsweredRequest) => void;
  readonly dispatched: (batch: Batch) => void;
  readonly registry: Registry;
}

const durations = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

/** Creates the gateway's metrics. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "pruntime_requests_total",
    help: "Requests by action, HTTP status and code; 499 and abandoned if the caller disconnected first.",
    labelNames: ["action", "status", "code"],
    registers,
  });
  const seconds = new Histogram({
    name: "pruntime_request_duration_seconds",
    help: "Seconds from a request's head to the end of its reply.",
    labelNames: ["action"],
    buckets: durations,
    registers,
  });
  const querySeconds = new Histogram({
    name: "pruntime_query_duration_seconds",
    help:
      "Seconds from a query's head to the end of its reply, by what the host sees: answered (the answer is " +
      "sealed, and may be a refusal), refused in clear, timed-out, failed, or abandoned by the caller.",
    labelNames: ["outcome"],
    buckets: durations,
    registers,
  });
  const blocks = new Counter({
    name: "pruntime_blocks_total",
    help:
      "Blocks whose commands were executed, including those that a restarted enclave executes again. The " +
      "blocks of the first reply after a start are not counted.",
    registers,
  });
  const stateFull = new Gauge({
    name: "pruntime_state_full",
    help: "1 after a block was refused because the contract state is full, 0 after a block was dispatched.",
    registers,
  });
  for (const outcome of queryOutcomes) querySeconds.zero({ outcome });
  addProgress(registry, sources);
  addEnclave(registry, sources);

  return {
    answered: ({ action, status, code, ms }) => {
      requests.inc({ action, status, code });
      seconds.observe({ action }, ms / 1000);
      const outcome = queryOutcome(action, code);
      if (outcome !== undefined) querySeconds.observe({ outcome }, ms / 1000);
      if (code === "executor/state-full" && dispatching.includes(action)) stateFull.set(1);
      if (code === "ok" && dispatching.includes(action)) stateFull.set(0);
    },
    dispatched: ({ from, to }) => blocks.inc(to - from + 1),
    registry,
  };
}

/** Adds the heights, the lag and the age of the worker's state. They are absent until a reply states them. */
function addProgress(registry: Registry, { progress, now }: MetricSources): void {
  gauge(
    registry,
    "pruntime_finalized_block",
    "Last finalized block, as stated in a reply.",
    () => progress()?.finalized,
  );
  gauge(
    registry,
    "pruntime_dispatched_block",
    "Last executed block, as stated in a reply.",
    () => progress()?.dispatched,
  );
  gauge(registry, "pruntime_lag_blocks", "Finalized blocks that are not executed yet.", () => {
    const stated = progress();
    return stated && stated.finalized - stated.dispatched;
  });
  const chainTimeSec = () => {
    const { chainTimeMs = 0 } = progress() ?? {};
    return chainTimeMs === 0 ? undefined : chainTimeMs / 1000;
  };
  gauge(
    registry,
    "pruntime_chain_timestamp_seconds",
    "Proven time of the last executed block, in Unix seconds.",
    chainTimeSec,
  );
  gauge(registry, "pruntime_chain_age_seconds", "Seconds since the time of the last executed block.", () => {
    const timeSec = chainTimeSec();
    return timeSec && now() / 1000 - timeSec;
  });
}

/** Adds what concerns the enclave's process, its store, its evidence and its code. */
function addEnclave(registry: Registry, sources: MetricSources): void {
  const { status, waiting, store, residentBytes, evidenceExpiresMs, version, now } = sources;
  gauge(registry, "pruntime_enclave_ready", "1 while the enclave accepts calls.", () =>
    Number(status().state === "ready"),
  );
  new Counter({
    name: "pruntime_enclave_restarts_total",
    help: "Restarts of the enclave.",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(status().restarts);
    },
  });
  gauge(
    registry,
    "pruntime_enclave_resident_memory_bytes",
    "Resident memory of the enclave's process; with a launcher, of the launcher's process. Linux only.",
    () => {
      const { pid } = status();
      return pid === undefined ? undefined : residentBytes(pid);
    },
  );
  new Gauge({
    name: "pruntime_calls_waiting",
    help: "Calls that are waiting for the enclave: of the operator, for status, queries, and for evidence.",
    labelNames: ["lane"],
    registers: [registry],
    collect() {
      for (const lane of lanes) this.set({ lane }, waiting(lane));
    },
  });
  gauge(registry, "pruntime_store_bytes", "Size of the sealed blobs that the gateway stores.", store.bytes);
  gauge(registry, "pruntime_store_limit_bytes", "Size at which the store is full.", () => store.limitBytes);
  gauge(
    registry,
    "pruntime_evidence_expiry_seconds",
    "Seconds until the collateral of the latest evidence expires. Absent until a caller asked for it, and " +
      "for evidence without Intel's collateral.",
    () => {
      const expiresMs = evidenceExpiresMs();
      return expiresMs === undefined ? undefined : (expiresMs - now()) / 1000;
    },
  );
  new Gauge({
    name: "pruntime_build_info",
    help: "Always 1. The labels name the versions of the program and of Node, and the enclave's measurement.",
    labelNames: ["version", "node", "measurement"],
    registers: [registry],
    collect() {
      const measurement = Buffer.from(status().identity?.measurement ?? []).toString("hex");
      this.reset();
      this.set({ version, node: process.versions.node, measurement }, 1);
    },
  });
}

/** Adds a gauge without labels. It has no sample while `read` returns `undefined`. */
function gauge(registry: Registry, name: string, help: string, read: () => number | undefined): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read();
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
}
