import {
  lineProgress,
  newStats,
  relayMetrics,
  serveMetrics,
  silentProgress,
  statusLine,
} from "@pruntime/relay";
import { describe, expect, it, vi } from "vitest";
import { startFakeWorker } from "../support/fake-worker.ts";
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

  it("have no heights and no lag before the positions are known", async () => {
    let at: typeof position | undefined;
    const registry = relayMetrics(newStats(), () => at);
    expect(await registry.metrics()).not.toMatch(/^pruntime_relay_(height|lag)/m);
    at = position;
    const text = await registry.metrics();
    expect(text).toContain('pruntime_relay_height{of="dispatched"} 7\n');
    expect(text).toContain("pruntime_relay_lag_blocks 5\n");
  });

  it("count down to the end of the registration while there is one", async () => {
    const stats = newStats();
    const registry = relayMetrics(stats, () => undefined);
    expect(await registry.metrics()).not.toMatch(/^pruntime_relay_registration/m);
    stats.registrationSec = 60;
    expect(await registry.metrics()).toContain("pruntime_relay_registration_expiry_seconds 60\n");
  });
});

describe("beside its metrics, the relay says", () => {
  const served = async () => {
    const stats = newStats();
    const metrics = await serveMetrics(stats, 0);
    closeLater(() => metrics.close());
    const get = async (path: string) => {
      const response = await fetch(metrics.url.replace("/metrics", path));
      return [response.status, await response.json()];
    };
    return { get, stats, metrics };
  };

  it("that it is alive", async () => {
    expect(await (await served()).get("/healthz")).toEqual([200, { live: true }]);
  });

  it("whether its worker has caught up", async () => {
    const { get, metrics } = await served();
    const { at } = metrics.watching(silentProgress);
    const nothing = { target: null, dispatched: null };
    expect(await get("/readyz")).toEqual([503, { ready: false, doubts: ["unknown"], ...nothing }]);
    at({ ...position, target: 24 });
    const behind = { ready: false, doubts: ["behind"], target: 24, dispatched: 7 };
    expect(await get("/readyz")).toEqual([503, behind]);
    at({ ...position, target: 23 });
    expect(await get("/readyz")).toEqual([200, { ready: true, doubts: [], target: 23, dispatched: 7 }]);
  });

  it("that its node or its worker has failed, until both have answered again", async () => {
    const s = await scene();
    const { get, stats, metrics } = await served();
    const answers = async (...doubts: readonly string[]) => {
      await until(() => stats.trouble === doubts[0]);
      expect(await get("/readyz")).toMatchObject([doubts.length === 0 ? 200 : 503, { doubts }]);
    };
    blocks(s.chain, 6);
    s.relay({ stats, progress: metrics.watching(silentProgress) });
    await until(() => stats.blocks === 6);
    await answers();
    await s.worker.close();
    await answers("worker");
    const worker = await startFakeWorker(Number(new URL(s.worker.url).port));
    closeLater(() => worker.close());
    await answers();
    await s.node.close();
    await answers("node");
  });
});

it("the metrics say whether the state is full, since which block, and for how many bytes", async () => {
  const stats = newStats();
  const registry = relayMetrics(stats, () => undefined);
  const samples = async () =>
    (await registry.metrics())
      .split("\n")
      .filter((line) => line.startsWith("pruntime_relay_worker_state_full"));
  expect(await samples()).toEqual(["pruntime_relay_worker_state_full 0"]);
  stats.stateFull = { bytes: "12", limit: "10", since: 3 };
  expect(await samples()).toEqual([
    "pruntime_relay_worker_state_full 1",
    "pruntime_relay_worker_state_full_since_block 3",
    'pruntime_relay_worker_state_full_bytes{of="needed"} 12',
    'pruntime_relay_worker_state_full_bytes{of="limit"} 10',
  ]);
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
