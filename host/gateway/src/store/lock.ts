/**
 * Locks a data directory for one gateway. The lock is a record in the store, written in a write transaction.
 * LMDB serialises write transactions across processes, so two gateways cannot both take the lock. A lock is
 * ignored if the process that took it has ended. The lock identifies the process by its id and its start
 * time, because the system may reuse the id. The lock works within one PID namespace.
 */
import { readFileSync } from "node:fs";
import type { RootDatabase } from "lmdb";
import { GatewayError } from "../error.ts";

const key = "lock";

/** Takes the lock of a data directory, or throws. @throws {@link GatewayError} `gateway/data-locked` */
export function takeLock(environment: RootDatabase<string, string>, dataDir: string): void {
  const own = `${process.pid} ${startOf(process.pid)}`;
  environment.transactionSync(() => {
    const holder = environment.get(key);
    if (holder !== undefined && isRunning(holder)) {
      const pid = Number.parseInt(holder, 10);
      throw new GatewayError({ code: "gateway/data-locked", dataDir, pid });
    }
    environment.putSync(key, own);
  });
}

/** Deletes the lock's record. */
export function releaseLock(environment: RootDatabase<string, string>): void {
  environment.removeSync(key);
}

function isRunning(holder: string): boolean {
  const [pid = "", start = ""] = holder.split(" ");
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return startOf(Number(pid)) === start;
}

/** The process's start in clock ticks since boot, or "" if the system does not report it. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Field 2 is the program's name in parentheses, which may contain any character. The start is field 22,
    // the 20th field after the name.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return "";
  }
}
