/**
 * The options with which esbuild bundles the executables. The build, the check of the enclave's size, and
 * the tests use them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildOptions } from "esbuild";

/**
 * The root folder of the repository. The paths in {@link enclaveBundle} and {@link commandBundle} are
 * relative to it.
 */
export const root = join(import.meta.dirname, "..");

/**
 * Third-party packages that are part of what we publish. `@scure/sr25519` asks for an older `@noble/curves`
 * than `trusted/core`. Installed as a dependency, it brings a second copy, with which no test has run.
 */
export const included: readonly string[] = ["@scure/sr25519"];

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

/** The enclave: a single file, so that one hash measures it. */
export const enclaveBundle = {
  ...bundle,
  entryPoints: ["enclave/src/main.ts"],
  external: ["sodium-native"],
  loader: { ".wasm": "binary" },
} as const satisfies BuildOptions;

/**
 * The `pruntime` command, split into parts that Node.js loads when they are needed. Third-party packages are
 * not bundled, except for {@link included}.
 */
export const commandBundle = {
  ...bundle,
  entryPoints: { pruntime: "cli/src/main.ts" },
  external: thirdParty(),
  splitting: true,
  outdir: "cli/dist",
  outExtension: { ".js": ".mjs" },
  chunkNames: "part-[name]-[hash]", // in the command's folder, because other paths are relative to it
} as const satisfies BuildOptions;

/**
 * Returns the names of the other third-party packages. The command resolves them from `node_modules` at run
 * time.
 */
function thirdParty(): string[] {
  const packages = ["trusted/core", "crypto", "host/gateway", "host/relay", "host/devchain", "client", "cli"];
  const names = packages.flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    return Object.keys(manifest.dependencies);
  });
  return [...new Set(names)]
    .filter((name) => !name.startsWith("@pruntime/") && !included.includes(name))
    .flatMap((name) => [name, `${name}/*`]);
}
