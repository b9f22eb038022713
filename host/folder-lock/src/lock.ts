import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { LockError } from "./error.ts";

/**
 * How long the command `flock` may take. It does not wait for the holder.
 * @limit ms
 * @source chosen
 * @past `lock/unavailable`
 */
const flockTimeoutMs = 10_000;

/** The exit status with which `flock` says that another process holds the lock. */
const heldStatus = 1;

/**
 * Locks a folder for one process: its file `lock` gets an flock(2) lock. The kernel releases the lock when
 * the process ends, however it ends, and not before: a stopped process keeps its lock. The lock belongs to
 * the file, so it also holds between containers that share the folder and see other process ids.
 *
 * Node.js cannot call flock(2). The command `flock` locks the descriptor that it inherits, and the lock stays
 * with this process, which has the same open file (docs/adr/0029-folder-locks.md).
 * @returns a function that releases the lock; a second call has no effect
 * @throws {@link LockError} `lock/held`, `lock/unavailable`; errors of the file system
 */
export function lockFolder(folder: string): () => void {
  const file = openSync(join(folder, "lock"), "a+", 0o600);
  try {
    takeLock(file, folder);
    ftruncateSync(file);
    writeSync(file, `process ${process.pid} on ${hostname()}\n`);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  let held = true;
  return () => {
    if (held) closeSync(file); // the number may be another file's after that
    held = false;
  };
}

function takeLock(file: number, folder: string): void {
  const { status, signal, error } = spawnSync("flock", ["-n", "-x", "3"], {
    stdio: ["ignore", "ignore", "ignore", file],
    timeout: flockTimeoutMs,
  });
  if (status === 0) return;
  if (status === heldStatus) throw new LockError({ code: "lock/held", folder, holder: holderIn(folder) });
  const reason = error?.message ?? `flock ended with ${status ?? signal}`;
  throw new LockError({ code: "lock/unavailable", folder, reason });
}

function holderIn(folder: string): string {
  // BusyBox's flock also ends with this status if the file system has no locks.
  return (
    readFileSync(join(folder, "lock"), "utf8").trim() || "an unknown process, or the file system has no locks"
  );
}
