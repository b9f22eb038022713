/**
 * Makes the packages that people install, and checks their manifests, their contents and their size. Their
 * third-party dependencies are resolved from the checkout. `npm run packages -- --try` installs them.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { publint } from "publint";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root } from "../scripts/bundles.ts";
import { bundleForPage, mostBundleBytes } from "../scripts/packages/bundle-bytes.ts";
import { packAll } from "../scripts/packages/pack.ts";
import { manifestOf } from "../scripts/packages/workspaces.ts";

execFileSync("npx", ["--no-install", "tsc", "-b", "client"], { cwd: root });
const packed = packAll(join(root, "dist/packages"));
const [client, command] = packed as unknown as readonly [(typeof packed)[0], (typeof packed)[0]];

/** The files of a tarball, without the folder `package`. */
const filesOf = (tarball: string): readonly string[] =>
  execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));

const manifestIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
    readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
  };

/** The packages that a module imports. */
function imported(path: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(path, "utf8"), true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => !name.startsWith(".") && !name.startsWith("node:") && !builtinModules.includes(name))
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? "");
}

describe.each(packed)("the package $name", ({ folder, tarball }) => {
  const files = filesOf(tarball);

  it("has the version of the repository, and passes publint", async () => {
    expect(manifestIn(folder).version).toBe(manifestOf(".").version);
    const { messages } = await publint({ pkgDir: folder, strict: true });
    expect(messages).toEqual([]);
  });

  it("has no tests and no sources", () => {
    expect(files).toContain("package.json");
    expect(files.filter((path) => /(^|\/)tests?\/|\.test\.|(?<!\.d)\.tsx?$|node_modules/.test(path))).toEqual(
      [],
    );
  });

  it("depends on every package that its modules import, and on no workspace", () => {
    const modules = files.filter((path) => /^(cli|dist)\/.*\.(mjs|js|d\.ts)$/.test(path));
    const names = new Set(modules.flatMap((path) => imported(join(folder, path))));
    expect(names).toContain("polkadot-api");
    const { dependencies } = manifestIn(folder);
    expect([...names].filter((name) => dependencies[name] === undefined)).toEqual([]);
    expect(Object.keys(dependencies).filter((name) => name.startsWith("@pruntime/"))).toEqual([]);
  });
});

describe("the client's package", () => {
  it("has types that every ES module resolves (attw)", () => {
    const { status, stdout } = spawnSync(
      "npx",
      ["--no-install", "attw", client.tarball, "--profile", "esm-only", "--format", "ascii", "--no-color"],
      { cwd: root, encoding: "utf8" },
    );
    expect(status, stdout).toBe(0);
  });

  it("has an entry for each one of the workspace", () => {
    const { exports } = manifestIn(client.folder);
    const contracts = readdirSync(join(root, "client/src/contracts")).map((name) => name.replace(".ts", ""));
    expect(Object.keys(exports).sort()).toEqual(
      [
        ".",
        "./chain",
        ...contracts.map((name) => `./contracts/${name}`),
        "./errors",
        "./finality",
        "./keys",
        "./package.json",
        "./reply-receipt",
      ].sort(),
    );
  });

  it("makes a small bundle of `connect`", async () => {
    const entry = manifestIn(client.folder).exports["."]?.default ?? "";
    const { bytes } = await bundleForPage(`export { connect } from "${entry}";`, client.folder);
    expect(bytes.first).toBeGreaterThan(20_000);
    expect(bytes.first).toBeLessThan(mostBundleBytes.first);
    expect(bytes.all).toBeLessThan(mostBundleBytes.all);
  });
});

describe("the command's package", () => {
  it("runs from its own folder", () => {
    const bin = join(command.folder, "cli/bin/pruntime.mjs");
    const { stdout } = spawnSync(process.execPath, [bin, "--version"], { encoding: "utf8" });
    expect(stdout.trim()).toBe(manifestOf(".").version);
  });

  it("has the enclave's bundle, the page and the sample files", () =>
    expect(filesOf(command.tarball)).toEqual(
      expect.arrayContaining([
        "enclave/dist/enclave.mjs",
        "host/console/dist/index.html",
        "scripts/samples/dataset.csv",
      ]),
    ));
});
