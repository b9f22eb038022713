/** Gives the program and every package of the repository a new version. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version as old } from "@pruntime/core/version";
import { root } from "../bundles.ts";
import { workspaces } from "./workspaces.ts";

const source = "trusted/core/src/version/index.ts";

/** Replaces the version wherever the repository has it. @throws RangeError if `version` is not `x.y.z` */
export function setVersion(version: string): void {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new RangeError(`not a version: ${version}`);
  replace(source, `version = "${old}"`, `version = "${version}"`);
  for (const folder of [".", ...workspaces().values()]) {
    const own = new RegExp(`("version"|"@pruntime/[a-z-]+"): "${old.replaceAll(".", "\\.")}"`, "g");
    replace(`${folder}/package.json`, own, `$1: "${version}"`);
  }
  execFileSync("npm", ["install", "--package-lock-only", "--ignore-scripts"], {
    cwd: root,
    stdio: "inherit",
  });
}

function replace(file: string, what: string | RegExp, by: string): void {
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(what, by));
}
