import {
  lineProgress,
  metricsText,
  newStats,
  serveMetrics,
  silentProgress,
  statusLine,
} from "@pruntime/relay";
import { describe, expect, it, vi } from "vitest";
import { blocks, closeLater, scene, until } from "../support/scene.ts";

const position = { node: "ws://one", target: 12, finalized: 10, dispatched: 7 };

describe("the relay's metrics", () => {
  it("count the relay's actions, and report the positions of node and worker", async () => {
    const s = await scene();
    blocks(s.chain, 6);
    const metrics = await serveMetrics(s.stats, 0);
    closeLater(() => metrics.close());
    s.relay({ progress: metrics.watching(silentProgress) });
    await until(() => s.stats.blocks === 6);
    const text = await (await fetch(metrics.url)).text();
    expect(text).toContain("pruntime_relay_headers_total 6\n");
    expect(text).toContain("pruntime_relay_blocks_total 6\n");
    expect(text).toContain('pruntime_relay_proofs_total{source="stored"} 1\n');
    expect(text).toContain('pruntime_relay_height{of="target"} 6\n');
    expect(text).toMatch(/pruntime_relay_requests_total [1-9]/);
    expect((await fetch(`${metrics.url}/other`)).status).toBe(404);
  });

  it("have no heights before the positions are known, and all three afterwards", () => {
    expect(metricsText(newStats())).not.toContain("height");
    expect(metricsText(newStats(), position)).toContain('pruntime_relay_height{of="dispatched"} 7\n');
  });
});

it("the metrics say whether the worker's state is full, since which block, and for how many bytes", () => {
  const stats = newStats();
  expect(metricsText(stats)).toContain("pruntime_relay_worker_state_full 0\n");
  stats.stateFull = { bytes: "12", limit: "10", since: 3 };
  const text = metricsText(stats);
  for (const line of ["", "_since", '_bytes{of="needed"}', '_bytes{of="limit"}'])
    expect(text).toMatch(new RegExp(`^pruntime_relay_worker_state_full${line} [0-9]+$`, "m"));
  expect(text).toContain('_bytes{of="needed"} 12\n');
  expect(text).toContain('_bytes{of="limit"} 10\n');
  expect(text).toContain("_full_since 3\n");
});

describe("the relay's status line", () => {
  it("reports all positions, and the number of blocks still to dispatch", () => {
    expect(statusLine(position)).toBe("ws://one at 12, finality verified to 10, dispatched to 7, 5 to go");
    expect(statusLine({ ...position, dispatched: 12 })).toBe(
      "ws://one at 12, finality verified to 10, dispatched to 12",
    );
  });

  it("is written at most once a minute", () => {
    vi.useFakeTimers();
    try {
      const lines: string[] = [];
      const progress = lineProgress((line) => lines.push(line));
      progress.at(position);
      vi.advanceTimersByTime(60_000);
      progress.at(position);
      progress.at(position);
      expect(lines).toEqual([statusLine(position)]);
    } finally {
      vi.useRealTimers();
    }
  });
});
