/**
 * Tests the contents of the bundles. The enclave has one copy of each package. Only the command's bundle
 * contains the verifiers of evidence that no worker makes. At run time, the command finds the packages with
 * which it was built.
 */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type Metafile } from "esbuild";
import { describe, expect, it } from "vitest";
import { commandBundle, enclaveBundle, root } from "../scripts/bundles.ts";

/** Returns the folder of the package that contains a file of node_modules. */
function packageOf(path: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

describe("the enclave's bundle", () => {
  it("has one copy of each package", async () => {
    const { metafile } = await build({ ...enclaveBundle, outfile: "x.mjs", write: false, metafile: true });
    const folders = new Set(Object.keys(metafile.inputs).flatMap((path) => packageOf(path) ?? []));
    expect(folders).toContain("node_modules/@noble/curves");
    const names = [...folders].map((folder) => folder.replace(/^.*node_modules\//, ""));
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

describe("verifiers of evidence that no worker makes", () => {
  const isOther = (path: string) => path.startsWith("verifiers/");

  it("are only in the command's bundle", async () => {
    const client = await build({
      absWorkingDir: root,
      stdin: {
        contents: entries
          .map((entry) => `export * as _${entry.replaceAll(/\W/g, "_")} from "${entry}";`)
          .join(""),
        resolveDir: join(root, "client"),
      },
      bundle: true,
      format: "esm",
      platform: "browser",
      logLevel: "error",
      write: false,
      metafile: true,
    });
    const enclave = await build({ ...enclaveBundle, outfile: "x.mjs", write: false, metafile: true });
    const command = await build({ ...commandBundle, write: false, metafile: true });
    const has = ({ inputs }: Metafile) => Object.keys(inputs).filter(isOther);
    expect(Object.keys(client.metafile.inputs)).toContain("trusted/core/src/attestation/verify.ts");
    expect([has(enclave.metafile), has(client.metafile)]).toEqual([[], []]);
    expect(has(command.metafile)).toContain("verifiers/src/nitro/verify.ts");
  });

  /** The entry points of the client's package. */
  const { exports } = JSON.parse(readFileSync(join(root, "client/package.json"), "utf8")) as {
    exports: Record<string, string>;
  };
  const entries = Object.entries(exports)
    .flatMap(([path, file]) => expanded(path, file))
    .map((path) => path.replace(/^\./, "@pruntime/client"));

  /**
   * Expands a pattern such as `./contracts/*` to a path for each file. Other paths are returned unchanged.
   */
  function expanded(path: string, file: string): string[] {
    if (!path.includes("*")) return [path];
    const names = readdirSync(join(root, "client", dirname(file)));
    return names.map((name) => path.replace("*", name.replace(/\.ts$/, "")));
  }
});

describe("the command's bundle", () => {
  it("finds at run time the packages that its sources import", async () => {
    const { metafile } = await build({ ...commandBundle, write: false, metafile: true });
    const uses = usesOf(metafile);
    expect(uses.map(({ name }) => name)).toContain("@noble/curves");
    for (const { name, from } of uses)
      expect(`${name} of ${from}: ${folderOf(name, "cli/dist")}`).toBe(
        `${name} of ${from}: ${folderOf(name, from)}`,
      );
  });

  it("needs no package that is installed for development only", async () => {
    const { metafile } = await build({ ...commandBundle, write: false, metafile: true });
    const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
      packages: Record<string, { readonly dev?: boolean } | undefined>;
    };
    const names = [...new Set(usesOf(metafile).map(({ name }) => name))];
    const installed = names.filter((name) => {
      const locked = packages[`node_modules/${name}`];
      return locked !== undefined && locked.dev !== true;
    });
    expect(installed).toEqual(names);
  });
});

interface Use {
  /** The name of a package that is not bundled. */
  readonly name: string;
  /** The folder of the source that imports the package. */
  readonly from: string;
}

function usesOf({ inputs }: Metafile): readonly Use[] {
  return Object.entries(inputs).flatMap(([file, { imports }]) =>
    imports
      .filter(({ external, path }) => external === true && !path.startsWith("node:"))
      .map(({ path }) => ({ name: /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? "", from: dirname(file) })),
  );
}

/**
 * Returns the folder in which Node.js finds a package that a source in `from` imports, and the package's
 * version. This is the folder in the nearest node_modules that contains the package.
 */
function folderOf(name: string, from: string): string {
  for (let folder = join(root, from); folder !== dirname(root); folder = dirname(folder)) {
    const found = join(folder, "node_modules", name);
    if (!existsSync(found)) continue;
    const { version } = JSON.parse(readFileSync(join(found, "package.json"), "utf8")) as { version: string };
    return `${realpathSync(found)} ${version}`;
  }
  return "nowhere";
}
