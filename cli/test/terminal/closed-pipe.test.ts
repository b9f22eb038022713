import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

it("ends quietly when its reader closes the pipe", async () => {
  const pruntime = `"${process.execPath}" --import tsx cli/src/main.ts`;
  const command = `set -o pipefail; ${pruntime} --help | (exec <&-; sleep 2)`;
  const child = spawn("bash", ["-c", command], { cwd: join(import.meta.dirname, "../../.."), stdio: "pipe" });
  let stderr = "";
  child.stderr.on("data", (bytes) => {
    stderr += String(bytes);
  });
  const exit = await new Promise((resolve) => child.on("close", resolve));
  expect([exit, stderr]).toEqual([0, ""]);
});
