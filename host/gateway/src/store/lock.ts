/**
 * One gateway per data directory. The lock is a record in the store itself, taken inside a write transaction: LMDB serialises those between
 * processes, so two gateways cannot both find it free. A holder that died does not keep it; holders are told apart by process id and start time,
 * so that a process id which was given to somebody else counts as dead. It holds within one PID namespace.
 */
import { readFileSync } from "node:fs";
import type { RootDatabase } from "lmdb";
import { GatewayError } from "../error.ts";

const key = "lock";

/** @throws {@link GatewayError} `gateway/data-locked` */
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

/** Ticks between the machine's start and the process's, or "" where the system does not say. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold anything; field 22 is the 20th behind it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return "";
  }
}
