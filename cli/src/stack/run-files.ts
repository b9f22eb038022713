/**
 * Which processes run a stack. Each one has a file `run/PID.json` in the data folder, and keeps it open while
 * it runs. So the file of a process that was killed cannot be mistaken for that of another process with the
 * same id: only the process that wrote the file has it open.
 */
import { openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeJson, jsonArray, jsonObject, jsonString } from "@pruntime/core/json";
import { badFile } from "../error.ts";
import { maxLineBytes, readText } from "../terminal/file.ts";
import { madeFolder } from "./folders.ts";

/** What a process says about itself. */
export interface Announcement {
  /** The command: `up`, `chain`, `worker` or `relay`. */
  readonly command: string;
  /** When the process was ready, as an ISO 8601 date. */
  readonly since: string;
  /** The URLs that it serves, and what is there. */
  readonly addresses: readonly { readonly what: string; readonly url: string }[];
}

/**
 * A process that the data folder names. `runs`: it has its file open. `other`: a process with this id exists
 * and does not have the file open, or this user or this system cannot tell. `ended`: no process has the id.
 */
export interface NamedProcess extends Announcement {
  readonly pid: number;
  readonly path: string;
  /** The device and the inode of the file, which outlive its name. */
  readonly identity: string;
  readonly state: "runs" | "other" | "ended";
}

/**
 * Writes the file of this process, and keeps it open until the process ends. Returns a function that deletes
 * the file.
 * @throws CliError `cli/bad-file`
 */
export function announce(dataDir: string, command: string, addresses: Announcement["addresses"]): () => void {
  const path = join(madeFolder(join(dataDir, "run")), `${process.pid}.json`);
  const announcement: Announcement = { command, since: new Date().toISOString(), addresses };
  try {
    rmSync(path, { force: true }); // the file of an earlier process with the same id may be open elsewhere
    const file = openSync(path, "wx", 0o600);
    writeSync(file, `${JSON.stringify(announcement)}\n`);
    return () => rmSync(path, { force: true });
  } catch (cause) {
    throw badFile(path, cause);
  }
}

const readAnnouncement = jsonObject(
  {
    command: jsonString(),
    since: jsonString(),
    addresses: jsonArray(jsonObject({ what: jsonString(), url: jsonString() }, "ignored"), 16),
  },
  "ignored",
);

/**
 * The processes that a data folder names, in the order of their ids.
 * @throws CliError `cli/bad-file`, `cli/file-too-large`
 */
export function namedProcesses(dataDir: string): readonly NamedProcess[] {
  return filesIn(join(dataDir, "run")).map(({ pid, path }) => {
    try {
      const announcement = decodeJson(readText(path, maxLineBytes), readAnnouncement);
      const identity = identityOf(path) ?? "";
      return { ...announcement, pid, path, identity, state: stateOf({ pid, identity }) };
    } catch (cause) {
      if (!(cause instanceof ProtocolError) || cause.code.startsWith("cli/")) throw cause;
      throw badFile(path, cause);
    }
  });
}

function filesIn(folder: string): { readonly pid: number; readonly path: string }[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => {
        const [, digits] = /^([1-9][0-9]{0,9})\.json$/.exec(name) ?? [];
        return digits === undefined ? [] : [{ pid: Number(digits), path: join(folder, name) }];
      })
      .sort((a, b) => a.pid - b.pid);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw badFile(folder, cause);
  }
}

/** Whether a process exists, and has its file open. */
export function stateOf({ pid, identity }: Pick<NamedProcess, "pid" | "identity">): NamedProcess["state"] {
  if (!exists(pid)) return "ended";
  return hasOpen(pid, identity) ? "runs" : "other";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Returns false if the system has no /proc, or if the process belongs to another user. */
function hasOpen(pid: number, identity: string): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => identityOf(join(folder, fd)) === identity);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

/** Returns `undefined` if the file does not exist any more. */
function identityOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat && `${stat.dev}:${stat.ino}`;
}
