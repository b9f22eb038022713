/** Bundles the client's package for a web page, and measures what a page loads. */
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

/**
 * A bundle of `connect`, compressed by gzip. `first` is without the verifiers of evidence, which a page loads
 * by the kind of evidence; `all` is with the verifiers of all kinds.
 * @limit bytes, bytes
 * @source chosen: a page should load the first part within half a second over 1 Mbit/s
 * @past the tests of the packages and of the client fail
 */
export const mostBundleBytes = { first: 65_000, all: 85_000 };

/** The bytes of a minified bundle, each file compressed by gzip by itself. */
export interface BundleBytes {
  /** The file that a page names, and those that it imports at once. */
  readonly first: number;
  /** All files, also those that are imported later. */
  readonly all: number;
}

/** A bundle: its files in a folder, the name of the file that a page names, and the sizes. */
export interface PageBundle {
  readonly entry: string;
  /** The names of the files, and their contents. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The modules that the first files contain, by their paths. */
  readonly firstParts: readonly string[];
  readonly bytes: BundleBytes;
}

/**
 * Bundles a module for a web page. Each `import()` in it becomes a file of its own.
 * @param contents the module, in TypeScript
 * @param resolveDir the folder from which its imports are resolved
 */
export async function bundleForPage(contents: string, resolveDir: string): Promise<PageBundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir, sourcefile: "page.ts", loader: "ts" },
    bundle: true,
    minify: true,
    splitting: true,
    write: false,
    metafile: true,
    outdir: join(resolveDir, "bundle"),
    absWorkingDir: resolveDir,
    format: "esm",
    target: "es2022",
    platform: "browser",
    logLevel: "error",
  });
  const files = new Map(outputFiles.map(({ path, contents: bytes }) => [basename(path), bytes]));
  const { outputs } = metafile;
  const [entry = ""] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint !== undefined) ?? [];
  const first = [...importedAtOnce(outputs, entry)];
  const sizeOf = (path: string): number =>
    gzipSync(files.get(basename(path)) ?? new Uint8Array(), { level: 9 }).length;
  const sum = (paths: Iterable<string>): number => [...paths].reduce((all, path) => all + sizeOf(path), 0);
  const firstParts = first.flatMap((path) =>
    Object.entries(outputs[path]?.inputs ?? {}).flatMap(([part, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [part] : [],
    ),
  );
  return { entry: basename(entry), files, firstParts, bytes: { first: sum(first), all: sum(files.keys()) } };
}

/** The file itself, and those that it imports by statements, at any depth. */
function importedAtOnce(
  outputs: Metafile["outputs"],
  file: string,
  seen = new Set<string>(),
): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind } of outputs[file]?.imports ?? [])
    if (kind === "import-statement") importedAtOnce(outputs, path, seen);
  return seen;
}
