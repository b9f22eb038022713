import { dispatchBlock, syncBlock } from "@pruntime/api";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeStatement, type SignedStatement, type Statement } from "@pruntime/core/statement";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type Lane, lanes } from "./enclave/lane.ts";
import type { EnclaveStatus } from "./enclave/supervisor.ts";

/** What the metrics record about a request. */
export interface AnsweredRequest {
  /** The action's name, or "page". */
  readonly action: string;
  readonly status: number;
  /** The error's code, or "ok". */
  readonly code: string;
  readonly ms: number;
}

/** The sources of the values that the gauges report. */
export interface MetricSources {
  readonly status: () => EnclaveStatus;
  readonly waiting: (lane: Lane) => number;
}

/** The gateway's metrics, in their own registry. */
export interface Metrics {
  readonly answered: (request: AnsweredRequest) => void;
  /** Records the worker's progress. The statement is not verified, because metrics only report. */
  readonly stated: (statement: SignedStatement) => void;
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

/** Creates the gateway's metrics. The gauges call `sources` at every scrape. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "pruntime_requests_total",
    help: "Requests by action, HTTP status and code.",
    labelNames: ["action", "status", "code"],
    registers,
  });
  const seconds = new Histogram({
    name: "pruntime_request_duration_seconds",
    help: "Seconds from a request's head to the end of its reply.",
    labelNames: ["action"],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  });
  const finalized = new Gauge({
    name: "pruntime_finalized_block",
    help: "Last finalized block, as stated in a reply.",
    registers,
  });
  const dispatched = new Gauge({
    name: "pruntime_dispatched_block",
    help: "Last executed block, as stated in a reply.",
    registers,
  });
  const chainTime = new Gauge({
    name: "pruntime_chain_time_seconds",
    help: "Proven time of the last executed block, in Unix seconds.",
    registers,
  });
  const stateFull = new Gauge({
    name: "pruntime_state_full",
    help: "1 after a block was refused because the contract state is full, 0 after a block was dispatched.",
    registers,
  });
  gaugeOf(registry, "pruntime_enclave_ready", "1 while the enclave accepts calls.", () =>
    Number(sources.status().state === "ready"),
  );
  gaugeOf(registry, "pruntime_enclave_restarts", "Restarts of the enclave.", () => sources.status().restarts);
  for (const lane of lanes)
    gaugeOf(registry, `pruntime_${lane}_calls_waiting`, "Calls that are waiting for the enclave.", () =>
      sources.waiting(lane),
    );

  return {
    answered: ({ action, status, code, ms }) => {
      requests.inc({ action, status, code });
      seconds.observe({ action }, ms / 1000);
      if (code === "executor/state-full" && dispatching.includes(action)) stateFull.set(1);
      if (code === "ok" && dispatching.includes(action)) stateFull.set(0);
    },
    stated: ({ bytes }) => {
      const statement = readStatement(bytes);
      if (statement === undefined) return;
      finalized.set(statement.finalizedNumber);
      dispatched.set(statement.dispatchedNumber);
      chainTime.set(Number(statement.chainTimeMs) / 1000);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** The actions that dispatch blocks. */
const dispatching: readonly string[] = [dispatchBlock.name, syncBlock.name];

/**
 * Decodes a statement. Returns `undefined` if it cannot be decoded, for example because its version is newer:
 * metrics must not make a reply fail.
 */
function readStatement(bytes: Uint8Array): Statement | undefined {
  try {
    return decodeStatement(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function gaugeOf(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
