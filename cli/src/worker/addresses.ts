/**
 * Determines which node and which workers a command calls. The commands that run a chain or a worker write
 * its URL into the data folder. The other commands read it from there, so the folder alone selects a stack.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { withDataFolder } from "../stack/folders.ts";
import { maxLineBytes, readText } from "../terminal/file.ts";
import { writePublicly } from "./local-trust.ts";

/** Options that name the node to call. */
export interface NodeFlags {
  readonly node?: string;
  readonly dataDir: string;
}

/** Options that name the workers to call. */
export interface WorkerFlags {
  readonly worker?: readonly string[];
  readonly dataDir: string;
}

/** Where a server's URL is, and the URL under which `pruntime up` serves it if that port is free. */
const servers = {
  node: { file: "node-url", variable: "PRUNTIME_NODE", usual: "ws://127.0.0.1:9944" },
  worker: { file: "worker-url", variable: "PRUNTIME_WORKER", usual: "http://127.0.0.1:8000" },
} as const;

type Server = keyof typeof servers;

/** Adds the options of {@link NodeFlags}. */
export function withNode(command: Command): Command {
  return withDataFolder(command).option(
    "--node <url>",
    `the chain's WebSocket address; ${defaultsOf("node")}`,
  );
}

/** Adds the options of {@link WorkerFlags}. */
export function withWorkers(command: Command): Command {
  return withDataFolder(command).option(
    "--worker <url>",
    "the worker's REST address; repeatable for replicas, which got the worker's keys in a handover: the " +
      `next one is asked when one fails or is behind; ${defaultsOf("worker")}`,
    repeatable,
  );
}

function defaultsOf(server: Server): string {
  const { file, variable, usual } = servers[server];
  return `default: the variable ${variable}, or \`${file}\` in the data folder, or ${usual}`;
}

/** Collects the values of an option that may be given several times. */
export function repeatable(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

/** Returns the URL of the node to call. @throws CliError `cli/bad-file`, `cli/file-too-large` */
export function nodeOf({ node, dataDir }: NodeFlags): string {
  return node ?? defaultUrl("node", dataDir);
}

/** Returns the URLs of the workers to call. @throws as {@link nodeOf} */
export function workersOf({ worker, dataDir }: WorkerFlags): readonly [string, ...string[]] {
  const [first, ...others] = worker ?? [];
  return first === undefined ? [defaultUrl("worker", dataDir)] : [first, ...others];
}

/**
 * Returns the URL of the worker to call. It must be the only one, because no evidence shows that several are
 * those of replicas.
 * @throws CliError `cli/bad-argument` if several are given; as {@link nodeOf}
 */
export function oneWorkerOf(flags: WorkerFlags): string {
  const [worker, ...others] = workersOf(flags);
  const want = "given once for `info` and beside --trust-whoever-answers, which verify no evidence";
  if (others.length > 0) throw new CliError({ code: "cli/bad-argument", name: "--worker", want });
  return worker;
}

function defaultUrl(server: Server, dataDir: string): string {
  const { file, variable, usual } = servers[server];
  const path = join(dataDir, file);
  const stored = (): string => (existsSync(path) ? readText(path, maxLineBytes).trim() : usual);
  return process.env[variable] ?? stored();
}

/** Stores the URL of a server that now runs. @throws CliError `cli/bad-file` */
export function writeUrl(dataDir: string, server: Server, url: string): void {
  writePublicly(join(dataDir, servers[server].file), url);
}
