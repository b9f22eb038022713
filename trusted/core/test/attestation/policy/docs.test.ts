import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../../../../${path}`, import.meta.url), "utf8");
const docs = read("docs/policy.md");
const source = (name: string) => read(`trusted/core/src/attestation/policy/${name}.ts`);
const words = (pattern: RegExp, text: string) => [
  ...new Set([...text.matchAll(pattern)].map(([, word = ""]) => word)),
];

describe("docs/policy.md", () => {
  it.each(words(/^ {2}\| "([a-z-]+)"/gm, source("reason")))("names the rule %s", (rule) =>
    expect(docs).toContain(`\`${rule}\``),
  );

  const fields = words(
    /([a-z]\w+): (?:json[A-Z(]|hex\(|list\(|hash|register|leastTcb|pcrValues)/g,
    source("decode"),
  );

  it("knows the fields of the reader", () =>
    expect(fields).toEqual(expect.arrayContaining(["graceDays", "chipIdAllow", "appId"])));

  it.each(fields.filter((field) => !/^rtmr[12]$/.test(field)))("names the field %s", (field) =>
    expect(docs).toMatch(new RegExp(`[\`.]${field}\\b`)),
  );
});
