/** `pruntime stop`: ends the processes that a data folder names. */
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { withDataFolder } from "../stack/folders.ts";
import { type NamedProcess, namedProcesses, stateOf } from "../stack/run-files.ts";
import { type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { withJson } from "../worker/connect.ts";

interface StopOptions extends OutputOptions {
  readonly dataDir: string;
}

/**
 * How long a process may take to end.
 * @limit ms
 * @source chosen: a stack ends within 2 s
 * @past `cli/not-stopped`
 */
const stopTimeoutMs = 10_000;

/** Adds `pruntime stop`. */
export function registerStop(program: Command): void {
  withDataFolder(withJson(program.command("stop")))
    .description("end the stack, or the parts of it, that run in a data folder")
    .addHelpText(
      "after",
      `
It ends only processes that this folder's own files name, and that have these files open. The processes finish
the calls that the enclave works on, for at most 2 s.

Examples:
  $ pruntime stop
  $ pruntime stop --data-dir mine`,
    )
    .action((options: StopOptions) => runAction(options, () => stop(options)));
}

async function stop({ dataDir, ...options }: StopOptions): Promise<void> {
  const named = namedProcesses(dataDir);
  const other = named.find(({ state }) => state === "other");
  if (other !== undefined)
    throw new CliError({ code: "cli/foreign-process", pid: other.pid, path: other.path });
  for (const { path } of named.filter(({ state }) => state === "ended")) rmSync(path, { force: true });
  const running = named.filter(({ state }) => state === "runs");
  if (running.length === 0) throw new CliError({ code: "cli/not-running", dataDir });
  for (const { pid } of running) process.kill(pid, "SIGTERM");
  for (const part of running) await ended(part);
  printResult(
    options,
    { stopped: running.map(({ command, pid }) => ({ command, pid })) },
    running.map(({ command, pid }) => `stopped ${command} (process ${pid})`),
  );
}

/** Waits until a process has ended. A process closes its file only when it ends. */
async function ended(part: NamedProcess): Promise<void> {
  for (let waitedMs = 0; stateOf(part) === "runs"; waitedMs += 50) {
    if (waitedMs >= stopTimeoutMs) throw new CliError({ code: "cli/not-stopped", pid: part.pid, waitedMs });
    await sleep(50);
  }
}
