import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { lockFolder } from "@pruntime/folder-lock";
import { describe, expect, it, onTestFinished, vi } from "vitest";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Another process that holds the lock. `before` runs it in other circumstances. */
async function holderOf(folder: string, ...before: readonly string[]): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "hold.ts");
  const [program = "", ...args] = [...before, process.execPath, "--import", "tsx", script, folder];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise((resolve, reject) => {
    child.stdout?.once("data", resolve);
    child.once("exit", (code) => reject(new Error(`the holder ended with ${code}`)));
  });
  return child;
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once("exit", resolve));
}

const newNamespace = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
const canUnshare = spawnSync(newNamespace[0] ?? "", [...newNamespace.slice(1), "true"]).status === 0;

describe("lockFolder", () => {
  it("lock/held, until the lock is released", () => {
    const folder = temporaryFolder();
    const release = lockFolder(folder);
    const holder = `process ${process.pid} on ${hostname()}`;
    const held = expect.objectContaining({ detail: { code: "lock/held", folder, holder } });
    expect(() => lockFolder(folder)).toThrow(held);
    release();
    const again = lockFolder(folder);
    release();
    expect(() => lockFolder(folder)).toThrow("lock/held");
    again();
    lockFolder(folder)();
  });

  it("lock/held for a process that was stopped, until it ends", async () => {
    const folder = temporaryFolder();
    const holder = await holderOf(folder);
    holder.kill("SIGSTOP");
    expect(() => lockFolder(folder)).toThrow("lock/held");
    holder.kill("SIGCONT");
    expect(() => lockFolder(folder)).toThrow("lock/held");
    holder.kill("SIGKILL");
    await ended(holder);
    lockFolder(folder)();
  });

  it.skipIf(!canUnshare)(
    "lock/held for a process that sees other process ids, as in a container",
    async () => {
      const folder = temporaryFolder();
      const holder = await holderOf(folder, ...newNamespace);
      expect(readFileSync(join(folder, "lock"), "utf8")).toBe(`process 1 on ${hostname()}\n`);
      expect(() => lockFolder(folder)).toThrow("lock/held");
      holder.stdin?.end();
      await ended(holder);
      lockFolder(folder)();
    },
  );

  it.each(["", "process 1 on nowhere\n", `${process.pid} 1`])(
    "takes over a file that no process has locked: %j",
    (content) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "lock"), content);
      lockFolder(folder)();
    },
  );

  it("lock/unavailable without the command flock", () => {
    const folder = temporaryFolder();
    vi.stubEnv("PATH", folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => lockFolder(folder)).toThrow("lock/unavailable");
    vi.unstubAllEnvs();
    lockFolder(folder)();
  });

  it("throws what the file system refuses", () => {
    expect(() => lockFolder(join(temporaryFolder(), "absent"))).toThrow("ENOENT");
  });
});
