/** Bundles the client as a web page would, and checks what the bundle contains. */
import { join } from "node:path";
import { actions } from "@pruntime/api";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { bundleForPage, mostBundleBytes } from "../../scripts/packages/bundle-bytes.ts";

const folder = join(import.meta.dirname, "..");

/**
 * Bundles some source lines. Returns the bundle, and the number of bytes that each of our files and each
 * package has in it.
 */
async function bundled(
  contents: string,
  minify = true,
): Promise<{
  readonly text: string;
  readonly bytes: number;
  readonly parts: Readonly<Record<string, number>>;
}> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    absWorkingDir: join(folder, ".."),
    logLevel: "error",
  });
  const [output] = Object.values(metafile.outputs);
  const present = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    text: outputFiles[0]?.text ?? "",
    bytes: outputFiles[0]?.contents.length ?? 0,
    parts: Object.fromEntries(present.map(([path, { bytesInOutput }]) => [path, bytesInOutput])),
  };
}

const foldersOf = (parts: Readonly<Record<string, number>>): string[] =>
  [...new Set(Object.keys(parts).map((path) => path.split("/").slice(0, 4).join("/")))].sort();

/** Returns the names of the actions whose rows are in an unminified bundle. */
const actionsIn = (text: string): readonly string[] =>
  [...text.matchAll(/ = (?:\/\* @__PURE__ \*\/ )?action\(\(\) => \(\{\s+name: "(\w+)"/g)].map(
    ([, name = ""]) => name,
  );

describe("a bundle of `connect` alone", () => {
  it("contains verification, sealing and checks, but no chains, contracts, keys or runtime", async () => {
    const { parts } = await bundled('export { connect } from "@pruntime/client";');
    const folders = foldersOf(parts);
    expect(folders).toContain("trusted/core/src/attestation");
    expect(Object.keys(parts)).toContain("client/src/connect.ts");
    const foreign = [
      /^trusted\/(executor|runtime)\//,
      /^trusted\/interfaces\/src\/(?!command-size\.ts)/,
      /^trusted\/core\/src\/(metadata|warp|grandpa|trie|light-client)\/(?!recovery-limit\.ts)/,
      /^trusted\/core\/src\/(extrinsics|parachain|bridge-2020|storage-key)\//,
      /^client\/src\/(chain|keys|finality|contracts\/(?!contract\.ts))/,
      /^client\/src\/signers\/(?!signer\.ts)/,
      /^client\/src\/reply-receipt\/(?!reply-receipt\.ts)/,
      /^api\/src\/frames/,
      /node_modules\/(?!@noble\/|@scure\/)/,
    ];
    expect(Object.keys(parts).filter((path) => foreign.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  it("loads the verifiers of evidence by kind, and is small without and with all of them", async () => {
    const { bytes, firstParts } = await bundleForPage('export { connect } from "@pruntime/client";', folder);
    const verifiers = /\/attestation\/(azure|dcap|dstack|ias|snp|tpm|simulated\.ts)|\/(asn1|x509)\//;
    expect(firstParts.join(" ")).toContain("trusted/core/src/attestation/policy/snp.ts");
    expect(firstParts.filter((path) => verifiers.test(path))).toEqual([]);
    expect(bytes.first).toBeLessThan(mostBundleBytes.first);
    expect(bytes.all).toBeLessThan(mostBundleBytes.all);
    expect(bytes.all).toBeGreaterThan(bytes.first + 10_000);
  });

  it("contains exactly the rows of the actions that `connect` calls", async () => {
    const { text } = await bundled('export { connect } from "@pruntime/client";', false);
    expect([...actionsIn(text)].sort()).toEqual(["get_evidence", "get_status", "query"]);
    const all = await bundled('export { actions } from "@pruntime/api";', false);
    expect(actionsIn(all.text)).toHaveLength(actions.length);
  });

  it("is proven to reveal a forbidden file", async () => {
    const { parts } = await bundled(
      [
        'export { connect } from "@pruntime/client";',
        'export { followFinality } from "@pruntime/client/finality";',
        'export { balances } from "@pruntime/client/contracts/balances";',
      ].join(" "),
    );
    expect(foldersOf(parts)).toEqual(
      expect.arrayContaining([
        "trusted/core/src/grandpa",
        "client/src/contracts/balances.ts",
        "client/src/finality/check.ts",
      ]),
    );
  });

  it("is empty if only types are imported", async () => {
    const { bytes } = await bundled(
      'import type { WorkerClient } from "@pruntime/client"; export const x = (c: WorkerClient) => c;',
    );
    expect(bytes).toBeLessThan(100);
  });
});
