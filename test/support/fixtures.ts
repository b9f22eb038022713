/**
 * Provides tests with recorded data, which is not part of the repository. The data is beside the checkout
 * (`../shared/fixtures`) or in the folder that `PRUNTIME_FIXTURES` names. If the data is absent, each test
 * that needs it is skipped and gives that reason.
 *
 * Only a running test can read the files, because tests are also collected where the data is absent:
 *
 * ```ts
 * const it = recorded.extend("proof", ({ files }) => files.json("substrate/proof.json"));
 * it("verifies", ({ proof }) => …);
 * recorded.for(["a", "b"])("reads %s", (name, { files }) => …);
 * ```
 */
import { test } from "vitest";
import { recordedFiles } from "./recorded-files.ts";

export type { Files } from "./recorded-files.ts";

/**
 * A test function whose context contains the recorded `files`. A test file extends this function with the
 * data that its tests derive from `files`.
 */
export const recorded = test.extend("files", ({ skip }) => {
  if (recordedFiles !== undefined) return recordedFiles;
  if (process.env["PRUNTIME_REQUIRE_FIXTURES"] === "1") throw new Error("the recorded data is required here");
  return skip("the recorded data is not here");
});
