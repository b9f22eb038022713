#!/usr/bin/env node
/**
 * Starts the `pruntime` command, and builds it first when there is no build. npm links a package's command
 * only where its file exists, so this file is committed: without a link, `npx pruntime` would ask the
 * registry for that name.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const bundle = new URL("../dist/pruntime.mjs", import.meta.url);
if (!existsSync(bundle)) {
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  // What the build prints goes to standard error: standard output belongs to the command.
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: checkout,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.exit(1);
}
await import(bundle.href);
