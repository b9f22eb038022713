/** Runs the whole command from its source, in a separate process in the repository's folder. */
import { spawn } from "node:child_process";
import { join } from "node:path";

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const root = join(import.meta.dirname, "../../..");

export function run(args: readonly string[], input = ""): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", "cli/src/main.ts", ...args], {
    cwd: root,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined); // the command may end before it has read everything
  child.stdin.end(input);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (bytes) => {
    stdout += String(bytes);
  });
  child.stderr.on("data", (bytes) => {
    stderr += String(bytes);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => resolve({ exit, stdout, stderr }));
  });
}
