/** Makes a checkout of another commit in a separate folder, and runs benchmarks in that folder. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** A checkout in which benchmarks can run. */
export interface Checkout {
  readonly folder: string;
  /** Removes the checkout. */
  readonly remove: () => void;
}

/**
 * Checks out a commit, installs its packages and builds it. Replaces the commit's harness with this
 * checkout's harness, so that both sides are measured in the same way. If the commit lacks a benchmark,
 * copies the benchmark from this checkout.
 */
export function checkOut(commit: string, benchmarks: readonly string[]): Checkout {
  const folder = join(mkdtempSync(join(tmpdir(), "pruntime-against-")), "pruntime");
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: root, stdio: "inherit" });
  const remove = (): void => {
    git("worktree", "remove", "--force", folder);
    rmSync(join(folder, ".."), { recursive: true, force: true });
  };
  git("worktree", "add", "--quiet", "--detach", folder, commit);
  try {
    execFileSync("sh", ["scripts/prepare.sh"], { cwd: folder, stdio: "inherit" });
    const bench = (file: string) => [join(root, "bench", file), join(folder, "bench", file)] as const;
    copyFileSync(...bench("harness.ts"));
    for (const file of benchmarks) if (!existsSync(bench(file)[1])) copyFileSync(...bench(file));
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, remove };
}

/** Runs benchmarks with the code of a checkout, and returns what they print. */
export function runIn(folder: string, names: readonly string[]): string {
  return execFileSync("npx", ["tsx", "bench/main.ts", ...names], {
    cwd: folder,
    env: { ...process.env, PRUNTIME_FIXTURES: fixtures },
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 26,
  }).toString();
}

/** The folder of recorded data. It is beside this checkout, but not beside the other checkout. */
const fixtures = process.env["PRUNTIME_FIXTURES"] ?? join(root, "../shared/fixtures");
