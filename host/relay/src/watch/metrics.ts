/** Serves the relay's metrics, and whether it is alive and its worker caught up, on a separate port. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, Gauge, Registry } from "prom-client";
import type { Position, Progress } from "./progress.ts";
import { counts, type RelayStats } from "./stats.ts";

/** A running metrics server. */
export interface ServedMetrics {
  readonly url: string;
  /** Passes every report on to `progress`, and keeps the latest position for the metrics. */
  readonly watching: (progress: Progress) => Progress;
  readonly close: () => Promise<void>;
}

/**
 * How far the worker of a ready relay may be behind the node.
 * @limit blocks
 * @source chosen: as for the worker's own readiness
 * @past `GET /readyz` answers with status 503
 */
const maxReadyLag = 16;

/**
 * Starts an HTTP server that answers `GET /metrics`, `/healthz` and `/readyz`.
 * @param port 0 selects any free port
 */
export async function serveMetrics(
  stats: RelayStats,
  port: number,
  host = "127.0.0.1",
): Promise<ServedMetrics> {
  let position: Position | undefined;
  const registry = relayMetrics(stats, () => position);
  const server = createServer((request, response) => {
    if (request.url === "/metrics") void sendMetrics(registry, response);
    else if (request.url === "/healthz") sendJson(response, 200, { live: true });
    else if (request.url === "/readyz") sendReadiness(response, position, stats.trouble);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/metrics`,
    watching: (progress) => ({
      ...progress,
      at: (now) => {
        position = now;
        progress.at(now);
      },
    }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function sendMetrics(registry: Registry, response: ServerResponse): Promise<void> {
  response.setHeader("content-type", registry.contentType).end(await registry.metrics());
}

/**
 * Says whether node and worker answer, and whether the worker has executed nearly all blocks that the node
 * calls final. `doubts` says why the relay is not ready. `node`, `worker`: it failed, and has not answered
 * since. `unknown`: the relay does not know yet how far both are. `behind`: blocks wait to be executed.
 */
function sendReadiness(
  response: ServerResponse,
  position: Position | undefined,
  trouble: RelayStats["trouble"],
): void {
  const { target = null, dispatched = null } = position ?? {};
  const doubts: readonly string[] = [
    ...(trouble === undefined ? [] : [trouble]),
    ...(target === null ? ["unknown"] : []),
    ...((target ?? 0) - (dispatched ?? 0) > maxReadyLag ? ["behind"] : []),
  ];
  const ready = doubts.length === 0;
  sendJson(response, ready ? 200 : 503, { ready, doubts, target, dispatched });
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/**
 * The relay's metrics, in their own registry.
 * @param position the positions of node and worker; `undefined` until they are known
 */
export function relayMetrics(stats: RelayStats, position: () => Position | undefined): Registry {
  const registry = new Registry();
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    new Counter({
      name: `pruntime_relay_${snake}_total`,
      help: counts[name],
      registers: [registry],
      collect() {
        this.reset();
        this.inc(stats[name]);
      },
    });
  }
  new Counter({
    name: "pruntime_relay_proofs_total",
    help: "Finality proofs by source.",
    labelNames: ["source"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [source, count] of Object.entries(stats.proofs)) this.inc({ source }, count);
    },
  });
  gauge(
    registry,
    "pruntime_relay_registration_expiry_seconds",
    "Seconds until the worker's record in the registry expires, by chain time. Absent without a record.",
    () => stats.registrationSec,
  );
  addHeights(registry, position);
  addStateFull(registry, stats);
  return registry;
}

function addHeights(registry: Registry, position: () => Position | undefined): void {
  new Gauge({
    name: "pruntime_relay_height",
    help: "The node's last finalized block (target), and the worker's last finalized and executed blocks.",
    labelNames: ["of"],
    registers: [registry],
    collect() {
      const { target, finalized, dispatched } = position() ?? {};
      for (const [of, height] of Object.entries({ target, finalized, dispatched }))
        if (height !== undefined) this.set({ of }, height);
    },
  });
  gauge(registry, "pruntime_relay_lag_blocks", "Final blocks that the worker has not executed yet.", () => {
    const at = position();
    return at && at.target - at.dispatched;
  });
}

/** Adds whether the worker's contract state is full, and if so, since which block and for how many bytes. */
function addStateFull(registry: Registry, stats: RelayStats): void {
  const name = "pruntime_relay_worker_state_full";
  gauge(registry, name, "1 while the worker's contract state is full.", () =>
    Number(stats.stateFull !== null),
  );
  gauge(
    registry,
    `${name}_since_block`,
    "The block that did not fit. Absent while the state is not full.",
    () => stats.stateFull?.since,
  );
  new Gauge({
    name: `${name}_bytes`,
    help: "Memory that the state would need, and its limit. Absent while the state is not full.",
    labelNames: ["of"],
    registers: [registry],
    collect() {
      this.reset();
      const { bytes, limit } = stats.stateFull ?? {};
      if (bytes === undefined || limit === undefined) return;
      this.set({ of: "needed" }, Number(bytes));
      this.set({ of: "limit" }, Number(limit));
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
