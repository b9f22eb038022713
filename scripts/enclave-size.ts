/**
 * Prints the size of the enclave's bundle, and fails if the size exceeds the budget. `npm run check` runs
 * this program.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { enclaveBundle, root } from "./bundles.ts";
import { type EnclaveSize, enclaveBudget } from "./enclave-budget.ts";

const words: { readonly [K in keyof EnclaveSize]: string } = {
  ourLines: "lines of our code",
  thirdPartyLines: "lines of third parties' code",
  wasmBytes: "bytes of wasm packages",
  bundleBytes: "bytes in total",
};

const size = await measure();
const rows = Object.entries(words).map(([key, what]) => {
  const name = key as keyof EnclaveSize;
  return { what, have: size[name], most: enclaveBudget[name] };
});
for (const { what, have, most } of rows)
  process.stdout.write(`${String(have).padStart(9)} ${what} (budget ${most})\n`);
if (rows.some(({ have, most }) => have > most)) {
  process.stderr.write("The enclave's bundle exceeds its budget: see scripts/enclave-budget.ts\n");
  process.exit(1);
}

async function measure(): Promise<EnclaveSize> {
  const { metafile } = await build({
    ...enclaveBundle,
    outfile: "enclave.mjs",
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error("esbuild made no bundle");
  const files = Object.entries(output.inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }));
  const foreign = files.filter(({ path }) => path.includes("node_modules/"));
  const wasm = foreign.filter(({ path }) => /node_modules\/(@[^/]+\/)?[^/]*wasm/.test(path));
  return {
    ourLines: linesOf(files.filter((file) => !foreign.includes(file))),
    thirdPartyLines: linesOf(foreign.filter((file) => !wasm.includes(file))),
    wasmBytes: wasm.reduce((sum, { bytes }) => sum + bytes, 0),
    bundleBytes: output.bytes,
  };
}

/** Counts lines of code, without blank lines and comments. */
function linesOf(files: readonly { readonly path: string }[]): number {
  const counts = files.map(({ path }) => {
    const lines = readFileSync(join(root, path), "utf8").split("\n");
    return lines.filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}
