/** Tests that every package's manifest has the version that the program shows. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "@pruntime/core/version";
import { expect, it } from "vitest";

interface Manifest {
  readonly version: string;
  readonly workspaces: readonly string[];
}

const root = join(import.meta.dirname, "..");
const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest;

const packages = manifest(".").workspaces.flatMap((folder) =>
  folder.endsWith("/*")
    ? readdirSync(join(root, folder.slice(0, -2))).map((name) => join(folder.slice(0, -2), name))
    : [folder],
);

it.each([".", ...packages])("is the version of %s", (folder) =>
  expect(manifest(folder).version).toBe(version),
);
