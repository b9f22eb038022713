/** The folders in which the parts keep their state. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { badFile } from "../error.ts";

/** The folders of a data directory. */
export function dataFolders(dataDir: string): { readonly chain: string; readonly worker: string } {
  return { chain: join(dataDir, "chain"), worker: join(dataDir, "worker") };
}

/** The folder, made if it is missing. @throws CliError `cli/bad-file` */
export function madeFolder(folder: string): string {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw badFile(folder, cause);
  }
  return folder;
}

/**
 * Makes missing folders one by one: where none can be made, as in /proc, `recursive` never returns in Node 22
 * and later.
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}
