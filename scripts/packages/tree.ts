/**
 * Copies a library's modules into a package: each reachable TypeScript source as JavaScript, and each
 * reachable declaration that `tsc -b` made. Modules of other workspaces become files of the package, so
 * bundlers can leave out those that a program does not use.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { transformSync } from "esbuild";
import ts from "typescript";
import { included, root } from "../bundles.ts";
import { manifestOf, workspaces } from "./workspaces.ts";

/**
 * A module: the folder of its workspace, and its path below `src` without an extension. An included
 * third-party package has its modules beside its manifest.
 */
interface Module {
  readonly folder: string;
  readonly path: string;
}

/** What differs between JavaScript and declarations. */
interface Language {
  readonly extension: ".js" | ".d.ts";
  readonly textOf: (module: Module) => string;
}

const languages: readonly Language[] = [
  {
    extension: ".js",
    textOf: (module) => {
      if (isThirdParty(module)) return sourceOf(module.folder, `${module.path}.js`);
      const source = sourceOf(module.folder, "src", `${module.path}.ts`);
      return transformSync(source, { loader: "ts", format: "esm", target: "es2022" }).code;
    },
  },
  {
    extension: ".d.ts",
    textOf: (module) => {
      const types = isThirdParty(module) ? "." : "dist/types";
      const source = sourceOf(module.folder, types, `${module.path}.d.ts`);
      return source.replace(/^\/\/# sourceMappingURL=.*$/m, "");
    },
  },
];

function isThirdParty({ folder }: Module): boolean {
  return folder.startsWith("node_modules/");
}

function sourceOf(...path: readonly string[]): string {
  return readFileSync(join(root, ...path), "utf8");
}

const folders = workspaces();

/**
 * Copies the modules that a workspace exports, and all modules that they import, into a folder. Returns the
 * package's `exports`, whose paths are relative to the folder.
 */
export function copyTree(workspace: string, out: string): Readonly<Record<string, object>> {
  const folder = folders.get(workspace) ?? "";
  const entries = Object.entries(manifestOf(folder).exports ?? {}).flatMap(([name, file]) =>
    expanded(folder, name, file),
  );
  for (const language of languages) {
    const copied = new Set<string>();
    const queue = entries.map(({ module }) => module);
    for (let module = queue.pop(); module !== undefined; module = queue.pop()) {
      const to = outputOf(module) + language.extension;
      if (copied.has(to)) continue;
      copied.add(to);
      const { text, imported } = localized(module, language.textOf(module));
      queue.push(...imported);
      mkdirSync(dirname(join(out, to)), { recursive: true });
      writeFileSync(join(out, to), text);
    }
  }
  return Object.fromEntries(
    entries.map(({ name, module }) => {
      const file = `./${outputOf(module)}`;
      return [name, { types: `${file}.d.ts`, default: `${file}.js` }];
    }),
  );
}

interface Entry {
  /** The path of the entry in the package, such as `./chain`. */
  readonly name: string;
  readonly module: Module;
}

/** Expands a pattern such as `./contracts/*` to an entry for each file. */
function expanded(folder: string, name: string, file: string): readonly Entry[] {
  if (!name.includes("*")) return [{ name, module: moduleAt(join(folder, file)) }];
  const files = ts.sys.readDirectory(join(root, folder, dirname(file)), [".ts"], undefined, ["*"]);
  return files.map((path) => {
    const module = moduleAt(relative(root, path));
    return { name: name.replace("*", module.path.split("/").at(-1) ?? ""), module };
  });
}

/** The module of a source file, whose path is relative to the repository. */
function moduleAt(file: string): Module {
  const [folder = "", path = ""] = file
    .split(sep)
    .join("/")
    .split(/\/src\/(.*)/);
  return { folder, path: path.replace(/\.ts$/, "") };
}

/** Where a module is in the package, without an extension. */
function outputOf({ folder, path }: Module): string {
  return `dist/${folder.split("/").at(-1)}/${path}`;
}

/** Replaces the specifiers of the repository's modules by relative paths of files in the package. */
function localized(
  module: Module,
  text: string,
): { readonly text: string; readonly imported: readonly Module[] } {
  const imported: Module[] = [];
  let result = text;
  // `pos` is the position of the opening quotation mark.
  for (const { fileName, pos } of ts.preProcessFile(text, true, true).importedFiles.reverse()) {
    const target = targetOf(module, fileName);
    if (target === undefined) continue;
    imported.push(target);
    const path = relative(dirname(outputOf(module)), outputOf(target))
      .split(sep)
      .join("/");
    const local = `${path.startsWith(".") ? path : `./${path}`}.js`;
    result = result.slice(0, pos + 1) + local + result.slice(pos + 1 + fileName.length);
  }
  return { text: result, imported };
}

/** The module of the package that a specifier names; `undefined` for a module of another package. */
function targetOf({ folder, path }: Module, specifier: string): Module | undefined {
  if (included.includes(specifier)) return { folder: `node_modules/${specifier}`, path: "index" };
  if (specifier.startsWith(".")) return moduleAt(join(folder, "src", dirname(path), specifier));
  const [, name = "", sub = ""] = /^(@[^/]+\/[^/]+)(\/.*)?$/.exec(specifier) ?? [];
  const workspace = folders.get(name);
  if (workspace === undefined) return undefined;
  const { exports = {} } = manifestOf(workspace);
  const file = exports[`.${sub}`] ?? exports["./*"]?.replace("*", sub.slice(1));
  if (file === undefined) throw new RangeError(`${specifier} is not an entry of its package`);
  return moduleAt(join(workspace, file));
}
