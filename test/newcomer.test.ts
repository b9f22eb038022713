/** Tests which files of a patch `npm run newcomer` counts towards the patch's limit. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { codeFiles, packagesOf, tasks } from "../scripts/newcomer/tasks.ts";

it("counts sources, not tests and documents", () => {
  const sources = ["trusted/core/src/a.ts", "host/console/src/b.tsx"];
  const others = ["trusted/core/test/a.test.ts", "test/e2e/a.test.ts", "docs/errors.md", "cli/src/a.json"];
  expect(codeFiles([...sources, ...others])).toEqual(sources);
});

it("counts packages once", () =>
  expect(packagesOf(["trusted/core/src/a.ts", "trusted/core/src/b/c.ts", "cli/src/d.ts"])).toEqual([
    "trusted/core",
    "cli",
  ]));

it.each(tasks.map(({ name }) => name))("has a patch for %s", (name) =>
  expect(existsSync(join(import.meta.dirname, `../scripts/newcomer/${name}.patch`))).toBe(true),
);
