/**
 * `npm run packages`: makes the packages that people install in `dist/packages`, and prints their tarballs.
 * `npm run packages -- --try` also installs them from a registry into an empty folder, and uses them there.
 * `npm run packages -- --version X` only gives the repository a new version.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./bundles.ts";
import { packAll } from "./packages/pack.ts";
import { tryPackages } from "./packages/try.ts";
import { setVersion } from "./packages/version.ts";

const [option, version = ""] = process.argv.slice(2);
if (option === "--version") setVersion(version);
else {
  const packed = packAll(join(root, "dist/packages"));
  for (const { name, tarball } of packed)
    process.stdout.write(`${name}  ${tarball}  ${Math.round(statSync(tarball).size / 1024)} KiB\n`);
  if (option === "--try") await tryPackages(packed.map(({ tarball }) => tarball));
}
