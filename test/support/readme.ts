/** Reads the README. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The README's only program. @throws Error if it has none, or several */
export function programOfReadme(): string {
  const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
  const programs = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? "");
  const [program] = programs;
  if (program === undefined || programs.length > 1)
    throw new Error(`the README has ${programs.length} programs`);
  return program;
}
