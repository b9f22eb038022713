/**
 * Checks the tables of parties and of promises in SECURITY.md. Each row must link a test that exists. A row
 * that names a limit must state the limit's present value.
 */
import type { Limit } from "./limits.ts";

const headings = ["## What each party can learn and do", "## Promises of liveness and finality"];
/** How the heads of the tables begin. */
const heads = /^\| (can|promise) \|/;

/**
 * Returns what is wrong with these tables.
 * @param exists whether a path from the root of the repository leads to a file
 */
export function promiseProblems(
  document: string,
  limits: readonly Limit[],
  exists: (path: string) => boolean,
): string[] {
  return headings.flatMap((heading) => {
    const rows = rowsOf(document, heading);
    if (rows.length === 0) return [`SECURITY.md has no table under "${heading}"`];
    return rows.flatMap((row) => problemsOf(row, limits, exists));
  });
}

function problemsOf(row: string, limits: readonly Limit[], exists: (path: string) => boolean): string[] {
  const tests = [...row.matchAll(/\]\(([^)]+\.test\.ts)\)/g)].map(([, path = ""]) => path);
  const named = [...row.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
  const problems = tests.filter((path) => !exists(path)).map((path) => `there is no test ${path}`);
  if (tests.length === 0) problems.push("names no test");
  for (const name of named) {
    const values = limits.filter((limit) => limit.name.split(".").at(-1) === name).map(({ value }) => value);
    if (values.length === 0) problems.push(`there is no limit ${name}`);
    else if (!values.some((value) => value.split(", ").every((part) => row.includes(part))))
      problems.push(`${name} is now ${values.join(" or ")}`);
  }
  return problems.map((problem) => `SECURITY.md: row "${row.slice(2, 60)}…": ${problem}`);
}

/** The rows of the tables under the heading, without the tables' heads. */
function rowsOf(document: string, heading: string): string[] {
  const [, after = ""] = document.split(`${heading}\n`);
  const [section = ""] = after.split("\n## ");
  return section.split("\n").filter((line) => line.startsWith("| ") && !heads.test(line));
}
