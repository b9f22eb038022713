/**
 * Bundles the executables: the enclave (as one file, so that one hash measures it), the `pruntime` command
 * and the web page. A bundle that is newer than its sources is not built again.
 */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { build as buildPage } from "vite";
import { commandBundle, enclaveBundle, root } from "./bundles.ts";

const sources = [
  "trusted",
  "api",
  "crypto",
  "enclave",
  "host",
  "client",
  "verifiers",
  "cli",
  "package-lock.json",
  "scripts",
];
const newest = Math.max(...sources.map((path) => newestChange(join(root, path))));

await bundle("enclave/dist/enclave.mjs", { ...enclaveBundle, outfile: "enclave/dist/enclave.mjs" });
await bundle("cli/dist/pruntime.mjs", commandBundle);
await page("host/console");

async function bundle(outfile: string, options: BuildOptions): Promise<void> {
  if (fresh(outfile)) return;
  if (options.outdir !== undefined) removeParts(join(root, options.outdir));
  await build(options);
  process.stdout.write(`built ${outfile}\n`);
}

function removeParts(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (name.startsWith("part-")) rmSync(join(folder, name));
}

async function page(folder: string): Promise<void> {
  const outfile = `${folder}/dist/index.html`;
  if (fresh(outfile)) return;
  await buildPage({
    root: join(root, folder),
    logLevel: "warn",
    build: { outDir: "dist", emptyOutDir: true },
  });
  process.stdout.write(`built ${folder}/dist\n`);
}

function fresh(outfile: string): boolean {
  const path = join(root, outfile);
  return existsSync(path) && statSync(path).mtimeMs > newest;
}

/**
 * Returns the latest modification time below `path`, in milliseconds. Build output, installed packages and
 * tests are left out.
 */
function newestChange(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const all = readdirSync(path);
  const entries = all.filter((name) => !["node_modules", "dist", "test"].includes(name));
  // A folder's own modification time reveals deletions. It is not used for a package's folder, because
  // output written into that folder changes its time too.
  const own = all.includes("dist") || all.includes("package.json") ? 0 : stat.mtimeMs;
  return Math.max(own, ...entries.map((name) => newestChange(join(path, name))));
}
