/**
 * Measures what one client notices of attacks by others: it sends a query each second, from an address of its
 * own, while many addresses attack the same worker. The peer is the same client while the same attack goes
 * against another worker on this machine, so the ratio does not measure the machine's processors. Goal: a
 * ratio of at most 2. `--samples` is the number of queries on each side, 300 by default.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain } from "@pruntime/devchain";
import { type Row, type RunOptions, row } from "./harness.ts";

export const name = "a victim beside attackers: 99th percentile of a query's time";

const attacks = {
  flood: "512 addresses at full speed",
  "half-open": "600 half-open requests",
} as const;
const victim = "127.250.0.1";

export async function run({ samples = 300 }: RunOptions): Promise<Row[]> {
  const crypto = await createNativeCrypto();
  const chain = await createDevchain({ crypto, mode: { kind: "manual" } });
  const folder = mkdtempSync(join(tmpdir(), "pruntime-bench-"));
  const workers: ChildProcess[] = [];
  try {
    const ports: number[] = [];
    for (const part of ["attacked", "other"]) {
      const worker = start("worker", join(folder, part));
      workers.push(worker);
      const port = await firstLine(worker);
      ports.push(port);
      await ask(port, "init_runtime", {
        bridge_genesis_info_b64: bridgeInitInfo(chain),
        runtime_metadata_b64: Buffer.from(chain.metadata(15)).toString("base64"),
        skip_ra: true,
      });
    }
    const [worker = 0, other = 0] = ports;
    const rows: Row[] = [];
    for (const [kind, what] of Object.entries(attacks)) {
      const quiet = await beside(kind, other, () => sample(worker, samples));
      const loud = await beside(kind, worker, () => sample(worker, samples));
      rows.push(row(what, loud, quiet, "peer: the same attack on another worker"));
    }
    return rows;
  } finally {
    for (const worker of workers) await end(worker);
    chain.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a task while an attack goes against a port. */
async function beside<T>(kind: string, port: number, task: () => Promise<T>): Promise<T> {
  const attack = start("attack", kind, String(port));
  try {
    await pause(3_000);
    return await task();
  } finally {
    await end(attack);
    await pause(1_000);
  }
}

/** Starts a script in a process of its own. */
function start(script: string, ...args: readonly string[]): ChildProcess {
  const file = join(import.meta.dirname, "victim", `${script}.ts`);
  return spawn(process.execPath, ["--import", "tsx", file, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function firstLine({ stdout }: ChildProcess): Promise<number> {
  return new Promise((resolve) => stdout?.once("data", (chunk: Buffer) => resolve(Number(chunk.toString()))));
}

async function end(process: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => process.once("close", resolve));
  process.kill();
  await gone;
}

/** Asks a query each second. Returns the 99th percentile of the times to its answer, in nanoseconds. */
async function sample(port: number, samples: number): Promise<number> {
  const times: number[] = [];
  const query = { Plain: JSON.stringify({ contract_id: 2, nonce: 1, request: "TotalIssuance" }) };
  for (let i = 0; i < samples; i++) {
    const start = process.hrtime.bigint();
    await ask(port, "query", { query_payload: JSON.stringify(query) });
    times.push(Number(process.hrtime.bigint() - start));
    await pause(1_000);
  }
  return times.sort((a, b) => a - b)[Math.floor((times.length - 1) * 0.99)] ?? Number.NaN;
}

function ask(port: number, action: string, input: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const target = { host: "127.0.0.1", port, path: `/${action}`, method: "POST", agent: false, headers };
    const sent = request({ ...target, localAddress: victim }, (response) => {
      response.resume().on("end", resolve);
      if (response.statusCode !== 200)
        reject(new Error(`${action}: ${response.statusCode} ${String(response.headers["pruntime-code"])}`));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify({ input, nonce: {} }));
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
