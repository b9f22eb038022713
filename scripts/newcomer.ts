/**
 * `npm run newcomer -- [task…]`: applies each task's patch to a copy of the committed tree, checks the
 * types, runs the tests in the patch, and counts the code files and packages that the patch touches. The exit
 * code is 1 if a task fails, or touches more files or packages than allowed.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./bundles.ts";
import { type Copy, copyTree } from "./newcomer/copy.ts";
import { codeFiles, packagesOf, type Task, tasks } from "./newcomer/tasks.ts";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !tasks.some((task) => task.name === name));
if (unknown.length > 0) throw new Error(`no task ${unknown.join(", ")}`);

const copy = copyTree();
try {
  run(copy, "npx", "tsc", "-b"); // so that each task compiles only its own changes
  for (const task of tasks) if (wanted.length === 0 || wanted.includes(task.name)) attempt(copy, task);
} finally {
  copy.remove();
}

function attempt(tree: Copy, task: Task): void {
  const { name, files: allowed, packages: allowedPackages } = task;
  try {
    run(tree, "git", "apply", "--index", join(root, "scripts/newcomer", `${name}.patch`));
    const changed = run(tree, "git", "diff", "--cached", "--name-only").trim().split("\n");
    run(tree, "npx", "tsc", "-b");
    const tests = changed.filter((file) => file.endsWith(".test.ts"));
    if (tests.length === 0) throw new Error("the patch contains no test");
    run(tree, "npx", "vitest", "run", ...tests);
    const files = codeFiles(changed);
    const packages = packagesOf(files);
    const fits = files.length <= allowed && packages.length <= allowedPackages;
    const counts = `${files.length} of ${allowed} files, ${packages.length} of ${allowedPackages} packages`;
    process.stdout.write(`${fits ? "ok    " : "TOO MANY"} ${name}: ${counts}\n`);
    if (!fits) fail(files.join("\n"));
  } catch (error) {
    const { message, stdout = "" } = error as { readonly message: string; readonly stdout?: string };
    fail(`FAILED ${name}: ${message}\n${stdout}`);
  } finally {
    tree.reset();
  }
}

function run({ folder }: Copy, command: string, ...args: readonly string[]): string {
  const env = { ...process.env, NO_COLOR: "1" };
  return execFileSync(command, args, { cwd: folder, env, stdio: "pipe", encoding: "utf8" });
}

function fail(text: string): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
