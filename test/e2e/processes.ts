/** Runs parts of the stack as separate processes, started with the built `pruntime` command. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll } from "vitest";

const command = join(import.meta.dirname, "../../cli/dist/pruntime.mjs");

/** A running part. */
export interface Part {
  /** What the part printed when it was ready. */
  readonly ready: Readonly<Record<string, string>>;
  readonly pid: number;
  /** Ends the part as Ctrl-C does, or kills it. */
  readonly end: (signal?: "SIGINT" | "SIGKILL") => Promise<void>;
}

/** Starts `pruntime …args --json` and waits for the line that says that the part is ready. */
export function start(...args: readonly string[]): Promise<Part> {
  const child = spawn(process.execPath, [command, ...args, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.once("line", (line) =>
      resolve({
        ready: JSON.parse(line) as Record<string, string>,
        pid: child.pid ?? 0,
        end: ending(child, gone),
      }),
    );
    void gone.then(() => reject(new Error(`pruntime ${args[0]} ended before it was ready:\n${errors}`)));
  });
}

/** What the tests of one file share. */
export interface TestStack {
  readonly folder: string;
  /** Starts a part as {@link start} does. */
  readonly started: typeof start;
}

/** Makes a folder. After the tests of the file, ends the parts, the last one first, and deletes it. */
export function testStack(name: string, signal?: "SIGKILL"): TestStack {
  const folder = mkdtempSync(join(tmpdir(), `pruntime-${name}-`));
  const parts: Part[] = [];
  afterAll(async () => {
    for (const part of parts.reverse()) await part.end(signal);
    rmSync(folder, { recursive: true, force: true });
  });
  const started = async (...args: readonly string[]): Promise<Part> => {
    const part = await start(...args);
    parts.push(part);
    return part;
  };
  return { folder, started };
}

function ending(child: ChildProcess, gone: Promise<void>): Part["end"] {
  return async (signal = "SIGINT") => {
    child.kill(signal);
    await gone;
  };
}

/** The output and exit code of a command that ended by itself. */
export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `pruntime …args` to its end. */
export function run(...args: readonly string[]): Promise<Finished> {
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr })));
}
