/** Serves the relay's counts and block numbers in Prometheus' text format, on a separate port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Position, Progress } from "./progress.ts";
import { counts, type RelayStats } from "./stats.ts";

/** A running metrics server. */
export interface ServedMetrics {
  readonly url: string;
  /** Passes every report on to `progress`, and keeps the latest position for `GET /metrics`. */
  readonly watching: (progress: Progress) => Progress;
  readonly close: () => Promise<void>;
}

/** Starts an HTTP server that answers `GET /metrics` only. @param port 0 selects any free port */
export async function serveMetrics(
  stats: RelayStats,
  port: number,
  host = "127.0.0.1",
): Promise<ServedMetrics> {
  let position: Position | undefined;
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") response.writeHead(404).end();
    else response.setHeader("content-type", "text/plain; version=0.0.4").end(metricsText(stats, position));
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

/**
 * Writes the metrics in Prometheus' text format.
 * @param position the positions of node and worker; `undefined` until they are known
 */
export function metricsText(stats: RelayStats, position?: Position): string {
  const names = Object.keys(counts) as (keyof typeof counts)[];
  const lines = names.flatMap((name) => {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return metric(`pruntime_relay_${snake}_total`, "counter", counts[name], [["", stats[name]]]);
  });
  const proofs = Object.entries(stats.proofs).map(
    ([source, count]) => [`{source="${source}"}`, count] as const,
  );
  lines.push(...metric("pruntime_relay_proofs_total", "counter", "finality proofs by source", proofs));
  lines.push(...stateFullMetrics(stats.stateFull));
  const { registrationSec } = stats;
  if (registrationSec !== undefined)
    lines.push(
      ...metric(
        "pruntime_relay_registration_seconds",
        "gauge",
        "how long the worker's record in the registry is still valid, by the chain's time",
        [["", registrationSec]],
      ),
    );
  if (position !== undefined) {
    const { target, finalized, dispatched } = position;
    const heights = Object.entries({ target, finalized, dispatched }).map(
      ([of, height]) => [`{of="${of}"}`, height] as const,
    );
    lines.push(
      ...metric(
        "pruntime_relay_height",
        "gauge",
        "block numbers: the node's finalized head, and the worker's",
        heights,
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** Whether the worker's contract state is full, and if so, since which block and for how many bytes. */
function stateFullMetrics(full: RelayStats["stateFull"]): string[] {
  const name = "pruntime_relay_worker_state_full";
  const stopped = metric(name, "gauge", "1 while the worker's contract state is full", [
    ["", Number(full !== null)],
  ]);
  if (full === null) return stopped;
  return [
    ...stopped,
    ...metric(`${name}_since`, "gauge", "the block that did not fit", [["", full.since]]),
    ...metric(`${name}_bytes`, "gauge", "memory that the state would need, and may need", [
      ['{of="needed"}', Number(full.bytes)],
      ['{of="limit"}', Number(full.limit)],
    ]),
  ];
}

function metric(
  name: string,
  type: string,
  help: string,
  values: readonly (readonly [labels: string, value: number])[],
): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...values.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}
