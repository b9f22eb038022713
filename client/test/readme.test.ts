/** Checks that the README's examples are the files that the build compiles. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const folder = join(import.meta.dirname, "examples");
const shown = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? "");

describe("the README", () => {
  it.each(readdirSync(folder))("shows %s as compiled", (name) => {
    expect(shown).toContain(readFileSync(join(folder, name), "utf8"));
  });

  it("shows no other code", () => expect(shown.length).toBe(readdirSync(folder).length));
});
