/**
 * Bundles the executables: the enclave (one file, so that one hash measures it), the `pruntime` command, and the web page.
 * Whatever is newer than its sources is left alone.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { build as buildPage } from "vite";

const root = join(import.meta.dirname, "..");
const sources = [
  "trusted",
  "api",
  "crypto",
  "enclave",
  "host",
  "client",
  "cli",
  "package-lock.json",
  "scripts",
];
const newest = Math.max(...sources.map((path) => newestChange(join(root, path))));

const banner = {
  js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
};
const common = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  legalComments: "none",
  banner,
  logLevel: "warning",
} as const;

await bundle("enclave/dist/enclave.mjs", {
  entryPoints: ["enclave/src/main.ts"],
  external: ["sodium-native"],
  loader: { ".wasm": "binary" },
});
await bundle("cli/dist/pruntime.mjs", {
  entryPoints: { pruntime: "cli/src/main.ts" },
  external: thirdParty(),
  splitting: true,
  outdir: "cli/dist",
  outExtension: { ".js": ".mjs" },
  chunkNames: "part-[name]-[hash]", // beside the command: paths of other files are relative to it
});
await page("host/console");

async function bundle(outfile: string, options: BuildOptions): Promise<void> {
  if (fresh(outfile)) return;
  const { outdir } = options;
  if (outdir !== undefined) removeParts(join(root, outdir));
  await build({ ...common, ...options, absWorkingDir: root, ...(outdir === undefined ? { outfile } : {}) });
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

/** Every package that is not ours: the command resolves these from `node_modules` at run time. */
function thirdParty(): string[] {
  const packages = ["trusted/core", "crypto", "host/gateway", "host/relay", "host/devchain", "client", "cli"];
  const names = packages.flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    return Object.keys(manifest.dependencies);
  });
  return [...new Set(names)]
    .filter((name) => !name.startsWith("@pruntime/"))
    .flatMap((name) => [name, `${name}/*`]);
}

/** The latest modification time below `path`, in milliseconds, build output and packages apart. */
function newestChange(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const all = readdirSync(path);
  const entries = all.filter((name) => !["node_modules", "dist", "test"].includes(name));
  const own = all.includes("dist") || all.includes("package.json") ? 0 : stat.mtimeMs; // a folder's own time tells of deletions; output lands in package folders
  return Math.max(own, ...entries.map((name) => newestChange(join(path, name))));
}
