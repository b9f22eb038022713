import { describe, expect, it } from "vitest";
import { residentBytes } from "../src/enclave/memory.ts";
import { createMetrics, type MetricSources } from "../src/metrics.ts";
import { metricSources } from "./support/metric-sources.ts";

/** The samples of the metrics whose names begin with `prefix`. */
async function samples(sources: Partial<MetricSources>, prefix: string): Promise<string[]> {
  const text = await createMetrics(metricSources(sources)).registry.metrics();
  return text.split("\n").filter((line) => line.startsWith(prefix));
}

describe("the gateway's metrics", () => {
  const progress = { finalized: 42, dispatched: 40, chainTimeMs: 1_600_000_000_500 };

  it("have no heights, lag and age until the enclave has stated its progress", async () => {
    for (const prefix of ["pruntime_finalized", "pruntime_dispatched", "pruntime_lag", "pruntime_chain"])
      expect(await samples({}, prefix)).toEqual([]);
    const stated = { progress: () => progress, now: () => 1_600_000_010_500 };
    expect(await samples(stated, "pruntime_lag")).toEqual(["pruntime_lag_blocks 2"]);
    expect(await samples(stated, "pruntime_chain")).toEqual([
      "pruntime_chain_timestamp_seconds 1600000000.5",
      "pruntime_chain_age_seconds 10",
    ]);
  });

  it("have no age while the chain's time is unknown", async () => {
    const stated = { progress: () => ({ ...progress, chainTimeMs: 0 }) };
    expect(await samples(stated, "pruntime_chain")).toEqual([]);
    expect(await samples(stated, "pruntime_dispatched")).toEqual(["pruntime_dispatched_block 40"]);
  });

  it("show the waiting calls of each lane", async () => {
    const waiting = { waiting: (lane: string) => lane.length };
    expect(await samples(waiting, "pruntime_calls")).toEqual([
      'pruntime_calls_waiting{lane="operator"} 8',
      'pruntime_calls_waiting{lane="status"} 6',
      'pruntime_calls_waiting{lane="public"} 6',
      'pruntime_calls_waiting{lane="evidence"} 8',
    ]);
  });

  it("show the enclave's memory while it has a process", async () => {
    const sources = { residentBytes: (pid: number) => 1000 + pid };
    const name = "pruntime_enclave_resident_memory_bytes";
    expect(await samples(sources, name)).toEqual([`${name} 1001`]);
    const status = () => ({ state: "restarting", restarts: 1, pid: undefined, identity: undefined }) as const;
    expect(await samples({ ...sources, status }, name)).toEqual([]);
  });

  it("count down to the expiry of the evidence's collateral", async () => {
    const name = "pruntime_evidence_expiry_seconds";
    expect(await samples({}, name)).toEqual([]);
    expect(await samples({ evidenceExpiresMs: () => 9_000, now: () => 10_000 }, name)).toEqual([
      `${name} -1`,
    ]);
  });

  it("name the version and the measurement, and forget an earlier measurement", async () => {
    let measurement = new Uint8Array([1, 2]);
    const identity = () => ({ measurement, publicKey: measurement, ecdhPublicKey: measurement });
    const status = () => ({ state: "ready", restarts: 0, pid: 1, identity: identity() }) as const;
    const { registry } = createMetrics(metricSources({ status }));
    expect(await registry.metrics()).toContain('measurement="0102"} 1\n');
    measurement = new Uint8Array([3, 4]);
    const text = await registry.metrics();
    expect(text).toContain(
      `pruntime_build_info{version="1.2.3",node="${process.versions.node}",measurement="0304"} 1\n`,
    );
    expect(text).not.toContain("0102");
  });

  it("count executed blocks", async () => {
    const { registry, dispatched } = createMetrics(metricSources());
    dispatched({ from: 3, to: 5 });
    dispatched({ from: 6, to: 6 });
    expect(await registry.metrics()).toContain("pruntime_blocks_total 4\n");
  });

  it("tell queries apart by what the host sees of them", async () => {
    const { registry, answered } = createMetrics(metricSources());
    const query = (code: string) => answered({ action: "query", status: 200, code, ms: 20 });
    query("ok");
    for (const code of ["query/stale", "http/over-share", "http/bad-json"]) query(code);
    for (const code of ["http/busy", "http/enclave-timeout"]) query(code);
    for (const code of ["http/enclave-down", "enclave/bug", "enclave/reply-too-large"]) query(code);
    query("abandoned");
    answered({ action: "get_info", status: 200, code: "ok", ms: 20 });
    const counts = (await registry.metrics()).matchAll(
      /^pruntime_query_duration_seconds_count\{outcome="([a-z-]+)"\} (\d+)$/gm,
    );
    expect(Object.fromEntries([...counts].map(([, outcome, count]) => [outcome, count]))).toEqual({
      answered: "1",
      refused: "3",
      "timed-out": "2",
      failed: "3",
      abandoned: "1",
    });
  });
});

describe("residentBytes", () => {
  it.skipIf(process.platform !== "linux")("is the memory of a process", () => {
    expect(residentBytes(process.pid)).toBeGreaterThan(1_000_000);
  });

  it("is unknown for a process that does not exist", () => {
    expect(residentBytes(2 ** 30)).toBeUndefined();
  });
});
