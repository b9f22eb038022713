/** Tests that the checks of docs/style.md report text that breaks a rule, and no other text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compareDebt, countOffences, folderOf, lowerDebt } from "../scripts/prose/debt.ts";
import { findUndocumented, repeatsName } from "../scripts/prose/documented.ts";
import type { Offence } from "../scripts/prose/offence.ts";
import { findWideLines } from "../scripts/prose/width.ts";
import { findAvoided, readAvoided } from "../scripts/prose/words.ts";

const linesOf = (offences: readonly Offence[]) => offences.map(({ line }) => line);

describe("width", () => {
  it("allows 110 columns in sources and 120 in documents", () => {
    expect(linesOf(findWideLines("a.ts", `${"x".repeat(110)}\n${"x".repeat(111)}`))).toEqual([2]);
    expect(linesOf(findWideLines("a.md", `${"x".repeat(120)}\n${"x".repeat(121)}`))).toEqual([2]);
  });

  it("counts characters, not UTF-16 units", () => {
    expect(findWideLines("a.ts", `// ${"😀".repeat(107)}`)).toEqual([]);
  });

  it("allows wider tables and code blocks in documents, but not wider lines after them", () => {
    const wide = "x".repeat(121);
    expect(linesOf(findWideLines("a.md", `| ${wide} |\n\`\`\`\n${wide}\n\`\`\`\n${wide}`))).toEqual([5]);
  });

  it("does not count URLs", () => {
    const url = `https://example.org/${"x".repeat(120)}`;
    expect(findWideLines("a.ts", `/** See ${url} */`)).toEqual([]);
    expect(linesOf(findWideLines("a.ts", `// ${"x".repeat(108)} ${url}`))).toEqual([1]);
  });
});

describe("words", () => {
  const table = [
    "| avoid | because | write |",
    "|---|---|---|",
    "| anew | archaic | again |",
    "| is no (but: there is no, is no longer) | inverted | is not a |",
    "",
  ].join("\n");
  const avoided = readAvoided(table);
  const found = (file: string, text: string) => linesOf(findAvoided(file, text, avoided));

  it("are read from the table", () => {
    expect(avoided).toEqual([
      { phrase: "anew", except: [], write: "again" },
      { phrase: "is no", except: ["there is no", "is no longer"], write: "is not a" },
    ]);
    expect(() => readAvoided("# no table")).toThrow("no table");
  });

  it("are found in comments of every form", () => {
    expect(found("a.ts", "/** Starts anew. */\nexport const a = 1; // Anew.\nfoo(/* anew */);\n")).toEqual([
      1, 2, 3,
    ]);
    expect(found("a.ts", "const a = {\n  b: 1,\n  // anew\n};\n")).toEqual([3]);
    expect(found("a.sh", "echo anew\n# start anew\n")).toEqual([2]);
  });

  it("are found across the end of a line", () => {
    expect(found("a.ts", "/**\n * Whatever this is\n * no list\n */\n")).toEqual([2]);
    expect(found("a.ts", "// whatever this is\n// no list\n")).toEqual([1]);
  });

  it("are found in strings, templates and page text that have the form of a sentence", () => {
    expect(found("a.ts", 'fail("it starts anew");')).toEqual([1]);
    expect(found("a.ts", `fail(\`\${n} starts anew, \${n}\`);`)).toEqual([1]);
    expect(found("a.tsx", "const a = <p>It starts\n anew.</p>;")).toEqual([2]);
    expect(found("a.ts", 'const mode = "anew";')).toEqual([]);
  });

  it("are found in documents, but not in code", () => {
    expect(found("a.md", "Start anew.\n\n```\nanew\n```\n`anew`, is `it` no [a](anew)\n")).toEqual([1]);
    expect(found("a.ts", "/** `anew` {@link anew} */\nconst anew = 1;\n")).toEqual([]);
  });

  it("are whole words, and are allowed inside longer phrases", () => {
    expect(found("a.md", "renewed, anewed, is not, is now; there is no end; it is no longer")).toEqual([]);
    expect(found("a.md", "this is no end")).toEqual([1]);
  });

  it("are listed in docs/style.md", () => {
    const style = readFileSync(join(import.meta.dirname, "../docs/style.md"), "utf8");
    expect(readAvoided(style).map(({ phrase }) => phrase)).toContain("nobody");
  });
});

describe("documented", () => {
  const found = (text: string) => findUndocumented("a.ts", text).map(({ message }) => message.split(" ")[0]);

  it.each([
    "export function offender(): void {}",
    "export class offender {}",
    "export interface offender {}",
    "export type offender = 1;",
    "export const offender = 1;",
    "export const { offender } = x, { a: [offended] } = y;",
    "const offender = 1;\nexport { offender };",
    "const offender = 1;\nexport { offender as other };",
    "/** Header. */\nimport a from 'a';\nexport const offender = 1;",
    "// A remark.\nexport const offender = 1;",
    "/** */\nexport const offender = 1;",
    "/** @throws Error */\nexport const offender = 1;",
    "/** The offender. */\nexport const offender = 1;",
  ])("refuses %j", (text) => expect(found(text)).toContain("offender"));

  it.each([
    "/** Stands in the way. */\nexport function a(): void {}",
    "/** Stands in the way. */\nexport function a(x: 1): void;\nexport function a(x: 2): void;",
    "/** Stands in the way. */\nconst a = 1;\nexport { a };",
    "export { a } from './a';\nexport * from './b';",
    "const a = 1;\nfunction b() {}",
    "/** Stands in the way. */\nexport type A = 1;\nexport const A = 1;",
  ])("accepts %j", (text) => expect(found(text)).toEqual([]));

  it("requires a sentence above every code of an error union", () => {
    const union = (members: string) => `/** Why it fails. */\nexport type TestErrorDetail =\n${members};`;
    const documented = '  /** The worker ran out. */\n  | { readonly code: "test/empty" }';
    expect(found(union(documented))).toEqual([]);
    expect(found(union(`${documented}\n  | { readonly code: "test/full"; readonly n: 1 }`))).toEqual([
      "test/full",
    ]);
    expect(found(union('  | { readonly code: "test/full" }\n  | OtherErrorDetail'))).toEqual(["test/full"]);
    expect(found(union('  // Why.\n  | { readonly code: "test/full" }'))).toEqual(["test/full"]);
    expect(found(union('  /** The test is full. */\n  | { readonly code: "test/full" }'))).toEqual([
      "test/full",
    ]);
    expect(found(union('  { readonly code: "test/full" }'))).toEqual(["test/full"]);
  });

  it.each([
    ["readEra", "Reads an era.", true],
    ["WorkerOptions", "The options of the worker.", true],
    ["maxPageEntries", "The maximum of entries in a page.", false],
    ["checkedReply", "The {@link Reply} that is checked.", true],
    ["WorkerOptions", "Where the worker listens.", false],
  ])("of %s, %j repeats the name: %s", (name, comment, repeats) =>
    expect(repeatsName(name, comment)).toBe(repeats),
  );
});

describe("the ratchet", () => {
  const workspaces = ["trusted/core", "cli"];
  const offence = (file: string): Offence => ({ file, line: 1, rule: "words", message: "" });

  it.each([
    ["trusted/core/src/json/parse.ts", "trusted/core/src"],
    ["trusted/core/test/a.ts", "trusted/core/test"],
    ["cli/README.md", "cli"],
    ["docs/adr/1.md", "docs"],
    ["README.md", "."],
  ])("counts %s under %s", (file, folder) => expect(folderOf(file, workspaces)).toBe(folder));

  it("reports counts above and below the record", () => {
    const counts = countOffences(
      [offence("cli/src/a.ts"), offence("cli/src/b.ts"), offence("a.md")],
      workspaces,
    );
    expect(counts).toEqual({ "cli/src": { words: 2 }, ".": { words: 1 } });
    expect(compareDebt({ "cli/src": { words: 3 } }, counts)).toEqual([
      { folder: ".", rule: "words", recorded: 0, now: 1 },
      { folder: "cli/src", rule: "words", recorded: 3, now: 2 },
    ]);
  });

  it("lowers the record and never raises it", () => {
    const counts = { "cli/src": { words: 2, width: 9 }, ".": { words: 1 } };
    expect(lowerDebt({ "cli/src": { words: 3, width: 1 }, docs: { words: 4 } }, counts)).toEqual({
      "cli/src": { words: 2, width: 1 },
    });
  });
});
