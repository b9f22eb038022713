/**
 * Tests the three walls that enforce the layers of the repository: the compiler, the linter and the check of
 * the import graph. `test/walls` is laid out like the repository, and its files break the rules, except the
 * files named `innocent…`, which the rule breakers import. A rule breaker's name gives the wall that must
 * refuse it (`compiler-…`, `lint-…`, `graph-<rule>`). The walls run in `test/walls` with the repository's own
 * settings.
 */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const offenders = join(import.meta.dirname, "walls");
const files = readdirSync(offenders, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".ts"),
);
const planted = (wall: string): string[] =>
  files.filter((path) => basename(path).startsWith(`${wall}-`)).sort();

function run(tool: string, ...args: string[]): string {
  try {
    return execFileSync(process.execPath, [join(root, "node_modules", tool), ...args], {
      cwd: offenders,
      encoding: "utf8",
      stdio: "pipe",
    });
  } catch (error) {
    return (error as { stdout: string }).stdout; // a wall that finds an offender exits with a non-zero code
  }
}

describe("the compiler", () => {
  let report = "";
  beforeAll(() => {
    report = run("typescript/bin/tsc", "-p", "trusted/core");
  }, 60_000);

  it.each(planted("compiler"))("refuses %s", (path) => expect(report).toContain(`${path}(`));
});

describe("the linter", () => {
  let report: { filePath: string; messages: { ruleId: string }[] }[] = [];
  beforeAll(() => {
    report = JSON.parse(
      run(
        "eslint/bin/eslint.js",
        "--config",
        join(root, "eslint.config.ts"),
        "--format",
        "json",
        "trusted/core/src",
      ),
    );
  }, 60_000);

  it.each(planted("lint"))("refuses %s", (path) => {
    const rules = report
      .find(({ filePath }) => filePath.endsWith(path))
      ?.messages.map(({ ruleId }) => ruleId);
    expect(rules).toContain("no-restricted-syntax");
  });
});

describe("the import graph", () => {
  let violations: { from: string; rule: { name: string } }[] = [];
  beforeAll(() => {
    const config = join(root, ".dependency-cruiser.json");
    const report = run(
      "dependency-cruiser/bin/dependency-cruise.mjs",
      "--config",
      config,
      "--output-type",
      "json",
      ".",
    );
    violations = JSON.parse(report).summary.violations;
  }, 60_000);

  it.each(planted("graph"))("refuses %s", (path) => {
    const rule = basename(path, ".ts").slice("graph-".length);
    expect(violations.filter(({ from }) => from === path).map((violation) => violation.rule.name)).toContain(
      rule,
    );
  });
});
