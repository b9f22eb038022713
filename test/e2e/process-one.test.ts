/** Tests a part that runs as process 1, as in a container. The kernel protects this process from signals. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";

const command = join(import.meta.dirname, "../../cli/bin/pruntime.mjs");
const [program, ...namespace] = ["unshare", "--pid", "--fork", "--kill-child"] as const;
const canUnshare = spawnSync(program, [...namespace, "true"]).status === 0;

/** Starts a chain as process 1 of a namespace. `unshare` ends with the status of that process. */
function startChain(): { readonly child: ChildProcess; readonly exit: Promise<number | null> } {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-one-"));
  const args = [process.execPath, command, "chain", "--json", "--port", "0", "--data-dir", folder];
  const child = spawn(program, [...namespace, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  onTestFinished(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  return { child, exit };
}

/** Sends SIGTERM to process 1, if it exists. */
function terminate({ pid }: ChildProcess): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  const [one] = children.split(" ").map(Number);
  if (one !== undefined && one > 0) process.kill(one, "SIGTERM");
}

describe.skipIf(!canUnshare)("as process 1, a part obeys SIGTERM", () => {
  it("while it starts", async () => {
    const { child, exit } = startChain();
    let ready = false;
    child.stdout?.once("data", () => {
      ready = true;
    });
    const status = await Promise.race([exit, terminating(child)]);
    expect([status, ready]).toEqual([128 + 15, false]);
  });

  it("once it runs, and then ends without an error", async () => {
    const { child, exit } = startChain();
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    terminate(child);
    expect(await exit).toBe(0);
  });
});

/** Sends SIGTERM until the process has ended. */
async function terminating(child: ChildProcess): Promise<null> {
  while (child.exitCode === null) {
    terminate(child);
    await sleep(5);
  }
  return new Promise(() => undefined);
}
