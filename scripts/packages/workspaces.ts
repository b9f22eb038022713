/** The repository's own packages, as their manifests describe them. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { included, root } from "../bundles.ts";

/** The parts of a manifest that packing needs. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly workspaces?: readonly string[];
}

/** Reads the manifest of a folder of the repository. */
export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest;
}

/** The folders of all workspaces, by their packages' names. */
export function workspaces(): ReadonlyMap<string, string> {
  const folders = (manifestOf(".").workspaces ?? []).flatMap((pattern) =>
    pattern.endsWith("/*")
      ? readdirSync(join(root, dirname(pattern))).map((name) => join(dirname(pattern), name))
      : [pattern],
  );
  return new Map(folders.map((folder) => [manifestOf(folder).name, folder]));
}

/**
 * The third-party dependencies of a workspace and of all workspaces that it depends on, with their versions,
 * except for {@link included}.
 * @throws RangeError if two workspaces depend on two versions of one package
 */
export function thirdParty(name: string): Readonly<Record<string, string>> {
  const [folders, seen, found] = [workspaces(), new Set<string>(), new Map<string, string>()];
  const visit = (workspace: string): void => {
    if (seen.has(workspace)) return;
    seen.add(workspace);
    for (const [dependency, version] of Object.entries(dependenciesOf(folders, workspace))) {
      if (folders.has(dependency)) visit(dependency);
      else if ((found.get(dependency) ?? version) === version) found.set(dependency, version);
      else throw new RangeError(`two versions of ${dependency}: ${version}, ${found.get(dependency)}`);
    }
  };
  visit(name);
  return Object.fromEntries([...found].filter(([dependency]) => !included.includes(dependency)).sort());
}

function dependenciesOf(
  folders: ReadonlyMap<string, string>,
  workspace: string,
): Readonly<Record<string, string>> {
  return manifestOf(folders.get(workspace) ?? "").dependencies ?? {};
}
