/** Tests `pruntime status` and `pruntime stop`: a stopped stack loses nothing that it acknowledged. */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { getData, setData } from "@pruntime/api";
import { toBase64, utf8 } from "@pruntime/core/bytes";
import { RemoteWorker } from "@pruntime/relay";
import { describe, expect, it, onTestFinished } from "vitest";
import { operatorOf } from "../../cli/src/worker/operator-address.ts";
import { run, testStack } from "./processes.ts";

const { folder, started } = testStack("stop", "SIGKILL");
const up = (dataDir: string) =>
  started("up", "--data-dir", dataDir, "--port", "0", "--chain-port", "0", "--block-ms", "200");

async function json(...args: readonly string[]): Promise<readonly [number | null, Record<string, unknown>]> {
  const { exitCode, stdout } = await run(...args, "--json");
  return [exitCode, JSON.parse(stdout) as Record<string, unknown>];
}

describe("a stack", () => {
  it("shows its status, is stopped, and has lost nothing that it acknowledged", {
    timeout: 240_000,
  }, async () => {
    const dataDir = join(folder, "stack");
    const first = await up(dataDir);
    const ready = async (): Promise<Record<string, unknown>> => {
      for (;;) {
        const [exitCode, seen] = await json("status", "--data-dir", dataDir);
        if (exitCode === 0) return seen;
        await sleep(200);
      }
    };
    expect(await ready()).toMatchObject({
      ready: true,
      processes: [{ command: "up", pid: first.pid, state: "runs" }],
      worker: { health: { state: "ready", restarts: 0 }, readiness: { doubts: [] } },
    });
    expect((await run("status", "--data-dir", dataDir)).stdout).toMatch(
      /^worker +ready; operator calls http/m,
    );

    const worker = new RemoteWorker(operatorOf({ dataDir }));
    const acknowledged: string[] = [];
    const lanes = [0, 1, 2, 3].map(async (lane) => {
      for (let i = 0; ; i++) {
        const path = `/ipfs/${lane}-${i}`;
        await worker.call(setData, { path, data: toBase64(utf8(path)) });
        acknowledged.push(path);
      }
    });
    const cut = Promise.allSettled(lanes);
    while (acknowledged.length < 20) await sleep(5);
    const [exitCode, stopped] = await json("stop", "--data-dir", dataDir);
    expect([exitCode, stopped]).toEqual([0, { ok: true, stopped: [{ command: "up", pid: first.pid }] }]);
    await cut;
    expect(() => process.kill(first.pid, 0)).toThrow("ESRCH");
    expect(await json("status", "--data-dir", dataDir)).toEqual([
      1,
      { ok: false, ready: false, processes: [] },
    ]);
    expect(await json("stop", "--data-dir", dataDir)).toMatchObject([1, { code: "cli/not-running" }]);

    await up(dataDir);
    await ready();
    const again = new RemoteWorker(operatorOf({ dataDir }));
    for (const path of acknowledged)
      expect(await again.call(getData, { path })).toEqual({ path, value: toBase64(utf8(path)) });
  });

  it("is not stopped while its folder names a process of others, and that process is not ended", {
    timeout: 120_000,
  }, async () => {
    const dataDir = join(folder, "foreign");
    const chain = await started("chain", "--data-dir", dataDir, "--port", "0");
    const sleeper = spawn("sleep", ["600"]);
    onTestFinished(() => void sleeper.kill());
    const path = join(dataDir, "run", `${sleeper.pid}.json`);
    const announced = { command: "worker", since: "", addresses: [] };
    writeFileSync(path, JSON.stringify(announced));
    const [exitCode, refused] = await json("stop", "--data-dir", dataDir);
    expect([exitCode, refused["code"]]).toEqual([1, "cli/foreign-process"]);
    for (const pid of [chain.pid, sleeper.pid!]) expect(process.kill(pid, 0)).toBe(true);
    expect(sleeper.signalCode).toBeNull();
    rmSync(path);
    expect((await run("stop", "--data-dir", dataDir)).stdout).toBe(`stopped chain (process ${chain.pid})\n`);
  });

  it("that was killed leaves a file, which stop deletes", { timeout: 120_000 }, async () => {
    const dataDir = join(folder, "killed");
    mkdirSync(dataDir);
    const chain = await started("chain", "--data-dir", dataDir, "--port", "0");
    await chain.end("SIGKILL");
    expect(await json("status", "--data-dir", dataDir)).toMatchObject([
      1,
      { processes: [{ command: "chain", state: "ended" }] },
    ]);
    expect(await json("stop", "--data-dir", dataDir)).toMatchObject([1, { code: "cli/not-running" }]);
    expect(await json("status", "--data-dir", dataDir)).toMatchObject([1, { processes: [] }]);
  });
});
