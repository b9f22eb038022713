/**
 * Ensures that only one open chain uses a data directory. The lock file in the directory contains the id of
 * the process that has the chain open.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { DevchainError } from "../error.ts";

/**
 * The paths of the lock files that this process holds. A lock file with this process's id does not prove that
 * this process holds the lock, because an earlier process with the same id may have left the file behind.
 */
const held = new Set<string>();

/**
 * Locks a data directory.
 * @param path the path of the lock file
 * @returns a function that releases the lock
 * @throws {@link DevchainError} `devchain/locked`
 */
export function lock(path: string): () => void {
  if (held.has(path)) throw new DevchainError({ code: "devchain/locked", path, pid: process.pid });
  const owner = ownerOf(path);
  if (owner !== undefined && owner !== process.pid && isAlive(owner))
    throw new DevchainError({ code: "devchain/locked", path, pid: owner });
  rmSync(path, { force: true });
  const file = openSync(path, "wx", 0o600); // fails if another process has just created the file
  writeSync(file, `${process.pid}\n`);
  closeSync(file);
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}

function ownerOf(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
