/** The folders in which the services of the stack store their state. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { badFile } from "../error.ts";

/** Adds `--data-dir`, unless the command has it already. */
export function withDataFolder(command: Command): Command {
  if (command.options.some(({ long }) => long === "--data-dir")) return command;
  return command.option(
    "--data-dir <folder>",
    "the stack's folder: its state, its addresses, its policy and anchor, and the operator's token",
    defaultDataFolder(),
  );
}

/** The data folder of commands without `--data-dir`. */
export function defaultDataFolder(): string {
  return process.env["PRUNTIME_DATA"] ?? ".pruntime";
}

/** The folders of a data directory. */
export function dataFolders(dataDir: string): {
  readonly chain: string;
  readonly worker: string;
  readonly spool: string;
} {
  return {
    chain: join(dataDir, "chain"),
    worker: join(dataDir, "worker"),
    spool: join(dataDir, "spool"),
  };
}

/** Returns the folder, and makes it if it is missing. @throws CliError `cli/bad-file` */
export function madeFolder(folder: string): string {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw badFile(folder, cause);
  }
  return folder;
}

/**
 * Makes missing folders one by one. Where no folder can be made, such as in /proc, `mkdirSync` with
 * `recursive` never returns in Node 22 and later.
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}
