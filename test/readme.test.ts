/** Tests that the README's program is the one that `npm run check` compiles. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { programOfReadme } from "./support/readme.ts";

it("shows the program as compiled", () => {
  const compiled = readFileSync(join(import.meta.dirname, "e2e/readme-program.ts"), "utf8");
  expect(programOfReadme()).toBe(compiled);
});
