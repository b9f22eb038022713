/** Measures what a web page loads if it uses the client's package. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * A bundle of `connect` with the verifiers of all kinds of evidence, compressed by gzip.
 * @limit bytes
 * @source chosen: a page should load it within a second over 1 Mbit/s
 * @past the test of the packages fails
 */
export const mostBundleBytes = 85_000;

/** The bytes of a minified bundle of `connect`, compressed by gzip. @param entry the client's main entry */
export async function bundleBytes(entry: string, resolveDir: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export { connect } from "${entry}";`, resolveDir },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    logLevel: "error",
  });
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length;
}
