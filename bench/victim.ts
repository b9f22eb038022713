/**
 * Measures what one client notices of others. It sends a query each second, from an address of its own, while
 * many addresses attack its worker, or while its worker dispatches full blocks. The peer is a client that
 * does the same at the same time with another, quiet worker on this machine, so the ratio does not measure
 * the machine's processors. Goal: a ratio of at most 2. `--samples` is the number of queries of each client
 * in each of the three scenarios. The default, 300, takes 16 minutes. `--kind` selects the scenarios whose
 * names contain its words.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain } from "@pruntime/devchain";
import { type Row, type RunOptions, row } from "./harness.ts";

export const name = "a victim beside others: 99th percentile of a query's time";

/** A worker in a process of its own. */
interface Worker {
  readonly process: ChildProcess;
  readonly port: number;
  /** The operator's address and token. */
  readonly url: string;
  readonly token: string;
}

const attacks = {
  flood: "512 addresses at full speed",
  "half-open": "600 half-open requests",
} as const;
const fullBlocks = "during full blocks";
const [victim, peer] = ["127.250.0.1", "127.250.0.2"];

export async function* run({ samples = 300, kind = "" }: RunOptions): AsyncGenerator<Row> {
  const crypto = await createNativeCrypto();
  const chain = await createDevchain({ crypto, mode: { kind: "manual" } });
  const init = (worker: Worker) =>
    ask(worker.port, victim, "init_runtime", {
      input: {
        bridge_genesis_info_b64: bridgeInitInfo(chain),
        runtime_metadata_b64: Buffer.from(chain.metadata(15)).toString("base64"),
        skip_ra: true,
      },
      worker,
    });
  try {
    for (const [attack, what] of Object.entries(attacks).filter(([, each]) => each.includes(kind)))
      yield await measured(what, samples, init, async (attacked) => {
        await init(attacked);
        return start("attack", attack, String(attacked.port));
      });
    const dispatch = async ({ url, token }: Worker) => {
      const generator = start("blocks", url, token);
      await output(generator);
      return generator;
    };
    if (fullBlocks.includes(kind)) yield await measured(fullBlocks, samples, init, dispatch);
  } finally {
    chain.close();
  }
}

/** Samples a worker that `disturb` keeps busy beside a quiet worker. `disturb` starts a process. */
async function measured(
  what: string,
  samples: number,
  init: (worker: Worker) => Promise<void>,
  disturb: (worker: Worker) => Promise<ChildProcess>,
): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-bench-"));
  const processes: ChildProcess[] = [];
  const open = async (part: string) => {
    const worker = start("worker", join(folder, part));
    processes.push(worker);
    return { ...(JSON.parse(await output(worker)) as Omit<Worker, "process">), process: worker };
  };
  try {
    const [busy, quiet] = [await open("busy"), await open("quiet")];
    await init(quiet);
    const generator = await disturb(busy);
    processes.unshift(generator);
    await pause(10_000); // until every new network of the attack has been served once
    const [loud, calm] = await Promise.all([
      sample(busy.port, victim, samples),
      pause(500).then(() => sample(quiet.port, peer, samples)),
    ]);
    if (generator.exitCode !== null) throw new Error(`${what}: the generator has ended`);
    const medians = `medians ${ms(at(loud, 0.5))} and ${ms(at(calm, 0.5))} ms`;
    const slowest = `slowest ${ms(at(loud, 1))} and ${ms(at(calm, 1))} ms`;
    return row(what, at(loud, 0.99), at(calm, 0.99), `peer: a quiet worker; ${medians}; ${slowest}`);
  } finally {
    for (const process of processes) await end(process);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts a script in a process of its own. */
function start(script: string, ...args: readonly string[]): ChildProcess {
  const file = join(import.meta.dirname, "victim", `${script}.ts`);
  return spawn(process.execPath, ["--import", "tsx", file, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The first output of a process. */
function output(process: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    process.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    process.once("close", (code) => reject(new Error(`a process ended with ${code}`)));
  });
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null) return;
  const gone = new Promise((resolve) => process.once("close", resolve));
  process.kill();
  await gone;
}

/** Asks a query each second. Returns the times to its answers in nanoseconds, the shortest first. */
async function sample(port: number, localAddress: string, samples: number): Promise<readonly number[]> {
  const times: number[] = [];
  const query = { Plain: JSON.stringify({ contract_id: 2, nonce: 1, request: "TotalIssuance" }) };
  for (let i = 0; i < samples; i++) {
    const start = process.hrtime.bigint();
    await ask(port, localAddress, "query", { input: { query_payload: JSON.stringify(query) } });
    times.push(Number(process.hrtime.bigint() - start));
    await pause(1_000);
  }
  return times.sort((a, b) => a - b);
}

function at(times: readonly number[], part: number): number {
  return times[Math.floor((times.length - 1) * part)] ?? Number.NaN;
}

function ms(ns: number): string {
  return (ns / 1e6).toFixed(1);
}

/** Calls an action at the public address from a local address, or as the operator of `worker`. */
function ask(
  port: number,
  localAddress: string,
  action: string,
  { input, worker }: { readonly input: object; readonly worker?: Worker },
): Promise<void> {
  const operator =
    worker === undefined
      ? { port, headers: {} }
      : { port: new URL(worker.url).port, headers: { authorization: `Bearer ${worker.token}` } };
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", ...operator.headers };
    const target = { host: "127.0.0.1", port: operator.port, path: `/${action}`, method: "POST" };
    const sent = request({ ...target, agent: false, headers, localAddress }, (response) => {
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
