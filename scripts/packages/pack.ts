/**
 * Makes the two packages that people install, `@pruntime/client` and `@pruntime/cli`, and packs each as npm
 * would publish it. The repository's own packages are in them, and third-party packages are dependencies.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { included, root } from "../bundles.ts";
import { copyTree } from "./tree.ts";
import { manifestOf, thirdParty } from "./workspaces.ts";

/** A package that was made. */
export interface Packed {
  readonly name: string;
  /** The folder that was packed. */
  readonly folder: string;
  /** The path of the tarball. */
  readonly tarball: string;
}

/** What both packages' manifests have. */
const shared = {
  version: manifestOf(".").version,
  license: "Apache-2.0",
  type: "module",
  engines: { node: ">=20.19" },
  publishConfig: { access: "public", provenance: true },
} as const;

/**
 * Makes both packages in a folder. The declarations (`tsc -b`) and the bundles (`npm run build`) must be up
 * to date.
 */
export function packAll(out: string): readonly Packed[] {
  rmSync(out, { recursive: true, force: true });
  return [client(join(out, "client")), command(join(out, "cli"))].map((made) => ({
    ...made,
    tarball: pack(made.folder),
  }));
}

type Made = Omit<Packed, "tarball">;

function client(folder: string): Made {
  const name = "@pruntime/client";
  mkdirSync(folder, { recursive: true });
  const exports = copyTree(name, folder);
  copy(folder, "client/README.md", "README.md");
  write(folder, {
    name,
    description: "Verifies a confidential-contract worker, then seals commands and queries to it.",
    ...shared,
    sideEffects: false,
    exports: { ...exports, "./package.json": "./package.json" },
    files: ["dist", "LICENSE-*"],
    dependencies: thirdParty(name),
  });
  return { name, folder };
}

/** The command finds the enclave's bundle, the page and the samples by the paths of a checkout. */
function command(folder: string): Made {
  const name = "@pruntime/cli";
  mkdirSync(folder, { recursive: true });
  const files = ["cli/bin/pruntime.mjs", "enclave/dist/enclave.mjs", "scripts/samples", ...built()];
  for (const file of files) copy(folder, file, file);
  copy(folder, "cli/README.md", "README.md");
  write(folder, {
    name,
    description: "Runs and uses confidential-contract workers on Substrate chains: the command pruntime.",
    ...shared,
    bin: { pruntime: "cli/bin/pruntime.mjs" },
    files: ["cli", "enclave", "host", "scripts", "LICENSE-*"],
    dependencies: thirdParty(name),
  });
  return { name, folder };
}

/** What the build wrote: the command's parts and the page. TypeScript's output is beside them. */
function built(): readonly string[] {
  const parts = readdirSync(join(root, "cli/dist")).filter((file) => file.endsWith(".mjs"));
  return [
    ...parts.map((file) => `cli/dist/${file}`),
    "host/console/dist/index.html",
    "host/console/dist/assets",
  ];
}

function copy(folder: string, from: string, to: string): void {
  cpSync(join(root, from), join(folder, to), { recursive: true });
}

function write(folder: string, manifest: object): void {
  copy(folder, "LICENSE", "LICENSE");
  for (const name of included)
    copy(folder, `node_modules/${name}/LICENSE`, `LICENSE-${name.replace("/", "-").slice(1)}`);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function pack(folder: string): string {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", ".."];
  const [packed] = JSON.parse(execFileSync("npm", args, { cwd: folder, encoding: "utf8" })) as readonly [
    { readonly filename: string },
  ];
  return join(folder, "..", basename(packed.filename));
}
