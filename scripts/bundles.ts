/**
 * How esbuild bundles the executables. The build, the check of the enclave's size, and the tests read this
 * file.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildOptions } from "esbuild";

/** The repository's folder. Paths of {@link enclaveBundle} and {@link commandBundle} are relative to it. */
export const root = join(import.meta.dirname, "..");

const bundle = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  legalComments: "none",
  banner: {
    js: `import { createRequire as __createRequire } from "node:module";
const require = __createRequire(import.meta.url);`,
  },
  logLevel: "warning",
} as const;

/** One file, so that one hash measures the enclave. */
export const enclaveBundle = {
  ...bundle,
  entryPoints: ["enclave/src/main.ts"],
  external: ["sodium-native"],
  loader: { ".wasm": "binary" },
} as const satisfies BuildOptions;

/**
 * The `pruntime` command, in parts that Node loads when they are needed. Third parties stay in node_modules.
 */
export const commandBundle = {
  ...bundle,
  entryPoints: { pruntime: "cli/src/main.ts" },
  external: thirdParty(),
  splitting: true,
  outdir: "cli/dist",
  outExtension: { ".js": ".mjs" },
  chunkNames: "part-[name]-[hash]", // beside the command: paths of other files are relative to it
} as const satisfies BuildOptions;

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
