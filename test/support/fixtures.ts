/**
 * Tests of recorded data, which is never part of the repository. The data lies beside the checkout
 * (`../shared/fixtures`) or where `PRUNTIME_FIXTURES` points. Where it is absent, each test that asks for it
 * is skipped and says so.
 *
 * The files are reachable from inside a running test only, because tests are also collected where no data
 * lies:
 *
 * ```ts const it = recorded.extend("proof", ({ files }) => files.json("substrate/proof.json"));
 * it("verifies", ({ proof }) => …); recorded.for(["a", "b"])("reads %s", (name, { files }) => …); ```
 */
import { test } from "vitest";
import { recordedFiles } from "./recorded-files.ts";

export type { Files } from "./recorded-files.ts";

/**
 * A test that has the recorded `files` in its context. Extend it with what a file's tests derive from them.
 */
export const recorded = test.extend("files", ({ skip }) => {
  if (recordedFiles !== undefined) return recordedFiles;
  if (process.env["PRUNTIME_REQUIRE_FIXTURES"] === "1") throw new Error("the recorded data is required here");
  return skip("the recorded data is not here");
});
