/** The examples of the README are files that compile. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const folder = join(import.meta.dirname, "examples");
const shown = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? "");

describe("the README", () => {
  it.each(readdirSync(folder))("shows %s as it is compiled", (name) => {
    expect(shown).toContain(readFileSync(join(folder, name), "utf8"));
  });

  it("shows nothing else", () => expect(shown.length).toBe(readdirSync(folder).length));
});
