/**
 * The root of the checkout. This path is right both for the source (`cli/src`) and for the bundle
 * (`cli/dist`).
 */
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The enclave's bundle. No other file is measured. */
export const enclaveBundle: string = join(root, "enclave/dist/enclave.mjs");

/** The built web page. */
export const consoleDir: string = join(root, "host/console/dist");

/** The path of an example file for DataPlaza. */
export const sampleFile = (name: string): string => join(root, "scripts/samples", name);

/** The paths at which the 2020 demo kept its two example files. */
export const samplePaths: { readonly dataset: string; readonly query: string } = {
  dataset: "/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
  query: "/ipfs/QmY6yj1GsermExDXoosVE3aSPxdMNYr6aKuw3nA8LoWPRS",
};
