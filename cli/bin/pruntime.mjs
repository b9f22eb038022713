#!/usr/bin/env node
/**
 * Starts the `pruntime` command. If the command has not been built, this file builds it first. npm links a
 * package's command only if its file exists, so this file is committed. Without the link, `npx pruntime`
 * would ask the registry for a package of that name.
 *
 * As process 1 of a container, a process is not ended by a signal that it does not listen for. So it listens
 * here, before anything is loaded. A command that runs for long listens itself once its services run.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

if (process.pid === 1)
  for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15 }))
    process.on(signal, () => process.exit(128 + number));

const bundle = new URL("../dist/pruntime.mjs", import.meta.url);
if (!existsSync(bundle)) {
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  // The build prints to standard error, because standard output is reserved for the command's own output.
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: checkout,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.exit(1);
}
await import(bundle.href);
