/** The relay's counts and heights in Prometheus' text format, on a port of its own. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Position, Progress } from "./progress.ts";
import type { RelayStats } from "./stats.ts";

export interface ServedMetrics {
  readonly url: string;
  /** Tells what it hears to `GET /metrics`, and passes it on. */
  readonly watching: (progress: Progress) => Progress;
  readonly close: () => Promise<void>;
}

/** Serves `GET /metrics`. 0 takes any free port. */
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

/** @param position where node and worker stand, once that is known */
export function metricsText(stats: RelayStats, position?: Position): string {
  const counters: readonly (readonly [name: string, help: string, value: number])[] = [
    ["requests", "JSON-RPC requests to nodes", stats.requests],
    ["rate_limited", "requests repeated because a node was asked too often", stats.rateLimited],
    ["node_failures", "sessions given up because of the node", stats.nodeFailures],
    ["worker_failures", "sessions given up because of the worker", stats.workerFailures],
    ["archive_answers", "answers of archive nodes in place of discarded state", stats.archiveAnswers],
    ["headers", "headers the worker has accepted", stats.headers],
    ["blocks", "blocks the worker has dispatched", stats.blocks],
  ];
  const lines = counters.flatMap(([name, help, value]) =>
    metric(`pruntime_relay_${name}_total`, "counter", help, [["", value]]),
  );
  const proofs = Object.entries(stats.proofs).map(
    ([source, count]) => [`{source="${source}"}`, count] as const,
  );
  lines.push(
    ...metric("pruntime_relay_proofs_total", "counter", "finality proofs by where they came from", proofs),
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
