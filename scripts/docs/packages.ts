/** The packages whose sources the generated documents are made from. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The packages that declare errors. The web page declares none. */
export const codePackages: readonly string[] = [
  "trusted/core",
  "trusted/interfaces",
  "trusted/executor",
  "trusted/runtime",
  "api",
  "enclave",
  "crypto",
  "host/folder-lock",
  "host/gateway",
  "host/relay",
  "host/devchain",
  "client",
  "verifiers",
  "cli",
];

/** The packages whose limits are listed. The development chain is left out: its limits are polkadot-sdk's. */
export const limitedPackages: readonly string[] = [...codePackages, "host/console"].filter(
  (name) => name !== "host/devchain",
);

/** A source file, by its path from the root of the repository. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** Reads the sources of packages, in the order of the packages and of the files' names. */
export function sourcesOf(packages: readonly string[]): SourceText[] {
  return packages.flatMap((name) => {
    const folder = join(root, name, "src");
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.tsx?$/.test(path))
      .sort()
      .map((path) => join(folder, path))
      .map((path) => ({ file: relative(root, path), text: readFileSync(path, "utf8") }));
  });
}
