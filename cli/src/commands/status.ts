/** `pruntime status`: one look at the stack that runs in a data folder. */
import { setTimeout as sleep } from "node:timers/promises";
import { type GetStatus, stateFullSentence } from "@pruntime/api";
import { ProtocolError } from "@pruntime/core/errors";
import {
  decodeJson,
  jsonArray,
  jsonBool,
  jsonNullable,
  jsonObject,
  jsonString,
  jsonU32,
} from "@pruntime/core/json";
import { getFromWorker, RemoteWorker, type WorkerOptions } from "@pruntime/relay";
import type { Command } from "commander";
import { withDataFolder } from "../stack/folders.ts";
import { type NamedProcess, namedProcesses } from "../stack/run-files.ts";
import { wholeNumber } from "../terminal/arguments.ts";
import { type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { clearTerminal } from "../terminal/print.ts";
import { withJson } from "../worker/connect.ts";
import { operatorOf } from "../worker/operator-address.ts";

interface StatusOptions extends OutputOptions {
  readonly dataDir: string;
  /** Seconds between two looks; `true` for the usual time. */
  readonly watch?: number | true;
}

const usualWatchSec = 2;

/** Adds `pruntime status`. */
export function registerStatus(program: Command): void {
  withDataFolder(withJson(program.command("status")))
    .description("show the processes, the worker's health and its progress; exit code 1 if it is not ready")
    .option(
      "--watch [seconds]",
      `look again every few seconds (default: ${usualWatchSec}), until Ctrl-C`,
      wholeNumber("--watch", 1, 3_600),
    )
    .addHelpText(
      "after",
      "\nThe worker reports about itself: nothing is verified. `pruntime info` checks signatures." +
        "\n\nExamples:\n  $ pruntime status\n  $ pruntime status --watch\n  $ pruntime status --json",
    )
    .action((options: StatusOptions) => runAction(options, () => status(options)));
}

async function status(options: StatusOptions): Promise<void> {
  const { watch, dataDir } = options;
  for (;;) {
    const seen = await look(dataDir);
    if (watch !== undefined && options.json !== true) clearTerminal();
    printResult(options, seen, words(seen), seen.ready);
    if (watch === undefined) return;
    await sleep(1000 * (watch === true ? usualWatchSec : watch));
  }
}

/** What one look at a stack has found. */
interface Seen {
  readonly ready: boolean;
  readonly processes: readonly NamedProcess[];
  /** `undefined` if no worker has run in the folder, or if it does not answer. */
  readonly worker: SeenWorker | undefined;
}

interface SeenWorker {
  readonly url: string;
  readonly health: Health;
  readonly readiness: Readiness;
  /** The metrics without labels, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Absent while the enclave does not answer. */
  readonly status?: GetStatus;
}

const readHealth = jsonObject({ state: jsonString(), restarts: jsonU32 }, "ignored");
type Health = ReturnType<typeof readHealth>;

const readReadiness = jsonObject(
  {
    ready: jsonBool,
    doubts: jsonArray(jsonString(), 16),
    finalized: jsonNullable(jsonU32),
    dispatched: jsonNullable(jsonU32),
  },
  "ignored",
);
type Readiness = ReturnType<typeof readReadiness>;

async function look(dataDir: string): Promise<Seen> {
  const processes = namedProcesses(dataDir);
  const worker = await ifAnswered(async () => lookAtWorker(operatorOf({ dataDir })));
  return { ready: worker?.readiness.ready ?? false, processes, worker };
}

async function lookAtWorker(worker: WorkerOptions): Promise<SeenWorker> {
  const page = async (path: string) => (await getFromWorker(worker, path)).body.toString();
  const health = decodeJson(await page("healthz"), readHealth);
  const readiness = decodeJson(await page("readyz"), readReadiness);
  const metrics = gaugesOf(await page("metrics"));
  const status =
    health.state === "ready" ? await ifAnswered(() => new RemoteWorker(worker).status()) : undefined;
  return { url: worker.url, health, readiness, metrics, ...(status === undefined ? {} : { status }) };
}

/** Returns `undefined` if the call fails with a coded error or cannot reach the worker. */
async function ifAnswered<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ProtocolError || (error instanceof Error && "code" in error)) return undefined;
    throw error;
  }
}

function gaugesOf(text: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+) ([0-9.e+-]+)$/gm)].map(([, name = "", value]) => [name, Number(value)]),
  );
}

/** The lines for a person. */
function words({ processes, worker }: Seen): readonly string[] {
  const running = processes.filter(({ state }) => state === "runs");
  return [
    ...(running.length === 0 ? [line("process", "none that this folder names")] : running.map(processLine)),
    ...(worker === undefined ? [line("worker", "none answers")] : workerLines(worker)),
  ];
}

function processLine({ command, pid, since, addresses }: NamedProcess): string {
  const served = addresses.map(({ what, url }) => `${what} ${url}`);
  return line("process", `${command} (${pid}, since ${since}) ${served.join(", ")}`);
}

function workerLines({ url, health, readiness, metrics, status }: SeenWorker): readonly string[] {
  const { ready, doubts, finalized, dispatched } = readiness;
  const resident = metrics["pruntime_enclave_resident_memory_bytes"];
  const memory = resident === undefined ? "" : `, ${mib(resident)} resident`;
  const ageSec = metrics["pruntime_chain_age_seconds"];
  const store = mib(metrics["pruntime_store_bytes"] ?? 0);
  const limit = mib(metrics["pruntime_store_limit_bytes"] ?? 0);
  const expirySec = metrics["pruntime_evidence_expiry_seconds"];
  return [
    line("worker", `${ready ? "ready" : `not ready: ${doubts.join(", ")}`}; operator calls ${url}`),
    line("enclave", `${health.state}, ${health.restarts} restarts${memory}`),
    line(
      "chain",
      `finality verified to ${finalized ?? "none"}, executed to ${dispatched ?? "none"}` +
        (ageSec === undefined ? "" : `, ${Math.round(ageSec)} s old`),
    ),
    line("store", `${store} of ${limit}`),
    ...(status === undefined ? [] : statusLines(status)),
    ...(expirySec === undefined ? [] : [line("evidence", `expires in ${Math.round(expirySec / 3600)} h`)]),
  ];
}

function statusLines({
  provider,
  measurement,
  runtime_unreadable: unreadable,
  state_full: full,
}: GetStatus): readonly string[] {
  return [
    line("code", `measurement ${measurement}, evidence ${provider}`),
    ...(unreadable === null
      ? []
      : [
          line("!", `cannot read the chain's runtime from block ${unreadable.since} on (${unreadable.code})`),
        ]),
    ...(full === null ? [] : [line("!", stateFullSentence(full))]),
  ];
}

function line(name: string, text: string): string {
  return `${name.padEnd(9)} ${text}`;
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
