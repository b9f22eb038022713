/** Tests how the limits for docs/limits.md are found, and that every limit in the code is described. */
import { describe, expect, it } from "vitest";
import { limitsOf } from "../scripts/docs/limits.ts";
import { limitedPackages, sourcesOf } from "../scripts/docs/packages.ts";
import { promiseProblems } from "../scripts/docs/promises.ts";

const tables = (parties: readonly string[], promises: readonly string[]) =>
  [
    ...["## What each party can learn and do", "", "| can | cannot | tests |", "|---|---|---|", ...parties],
    ...["", "## Promises of liveness and finality", ""],
    ...["| promise | limits | tests |", "|---|---|---|", ...promises, "", "## Next"],
  ].join("\n");

const of = (text: string) => limitsOf([{ file: "a/src/b.ts", text }]);
const tags = "/** A message.\n * @limit bytes\n * @source chosen\n * @past `a/b` */\n";

it("describes every constant of the product that looks like a limit", () => {
  const { limits, problems } = limitsOf(sourcesOf(limitedPackages));
  expect(problems).toEqual([]);
  expect(limits.length).toBeGreaterThan(100);
});

it("reads a limit with its value", () =>
  expect(of(`${tags}export const maxMessageBytes: number = 4 * kib;\nconst kib = 1 << 10;`)).toEqual({
    limits: [
      {
        name: "maxMessageBytes",
        file: "a/src/b.ts",
        bounds: "A message.",
        value: "4 KiB",
        source: "chosen",
        past: "`a/b`",
      },
    ],
    problems: [],
  }));

it("reads the limits of an object, one unit for each property", () => {
  const described = tags.replace("bytes", "characters, levels");
  const text = `${described}const limits = { maxLength: 1 << 12, maxDepth: 4 };`;
  expect(of(text)).toMatchObject({ limits: [{ value: "4,096 characters, 4 levels" }], problems: [] });
});

it("reads a limit inside an object", () => {
  const text = `const limits = { queue: {\n${tags} maxBytes: 2 ** 20 } };`;
  expect(of(text)).toMatchObject({
    limits: [{ name: "limits.queue.maxBytes", value: "1 MiB" }],
    problems: [],
  });
});

it.each([
  ["a constant", "const maxItems = 16;"],
  ["an exported constant", "export const messageBytes: number = 64 * 1024;"],
  ["a property", "const limits = { maxBytes: 16 };"],
  ["an object", "const queryLimits = { all: 16 };"],
  ["a default value", "function f({ timeoutMs = 60_000 } = {}) {}"],
  ["a value inside a function", "function f() { read({ maxLength: 256 << 20, maxDepth: 64 }); }"],
])("reports %s without tags", (_, text) => {
  const { limits, problems } = of(text);
  expect({ limits, count: problems.length }).toEqual({ limits: [], count: 1 });
});

it.each(["@source", "@past"])("reports a limit without %s", (tag) => {
  const text = `${tags.replace(new RegExp(` \\* ${tag}.*?(?=\\n| \\*/)`), " *")}\nconst maxItems = 16;`;
  expect(of(text).problems).toEqual([expect.stringContaining(`lacks its ${tag.slice(1)}`)]);
});

it("reports a limit whose value it cannot compute", () =>
  expect(of(`${tags}const maxItems = count();`).problems).toEqual([
    expect.stringContaining("lacks its value"),
  ]));

it.each([
  ["a size that a format fixes", "/** A key. @format */\nconst keyBytes = 32;"],
  ["another limit's name", `${tags}const maxItems = 16;\nconst maxOthers = maxItems;`],
  ["a bound in an action's row", "const a = action(() => ({ maxBodyBytes: 16 * 1024 }));"],
  ["the least length of a format", "const leastBytes = 16;"],
])("does not report %s", (_, text) => expect(of(text).problems).toEqual([]));

describe("the tables in SECURITY.md", () => {
  const { limits } = of(`${tags}const maxItems = 4096;`);
  const party = "| see | read | [test](a/test/b.test.ts) |";
  const problems = (row: string | undefined, parties: readonly string[] = [party]) =>
    promiseProblems(
      tables(parties, row === undefined ? [] : [row]),
      limits,
      (path) => path === "a/test/b.test.ts",
    );

  it("name a test that exists, and the present values of their limits", () =>
    expect(problems("| At most 4 KiB | `maxItems` | [test](a/test/b.test.ts) |")).toEqual([]));

  it.each([
    ["names no test", "| At most 4 KiB | `maxItems` | |"],
    ["there is no test a/test/c.test.ts", "| At most 4 KiB | `maxItems` | [test](a/test/c.test.ts) |"],
    ["maxItems is now 4 KiB", "| At most 5 KiB | `maxItems` | [test](a/test/b.test.ts) |"],
    ["there is no limit maxOthers", "| At most 4 KiB | `maxOthers` | [test](a/test/b.test.ts) |"],
  ])("are refused: %s", (problem, row) => expect(problems(row)).toEqual([expect.stringContaining(problem)]));

  it("are refused: a party's row without a test", () => {
    const promise = "| At most 4 KiB | `maxItems` | [test](a/test/b.test.ts) |";
    expect(problems(promise, [party, "| see | read | |"])).toEqual([
      expect.stringContaining("names no test"),
    ]);
    expect(problems(promise, [])).toEqual([expect.stringContaining("has no table")]);
  });

  it("are refused without a table", () => expect(problems(undefined)).toHaveLength(1));
});
