import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readPolicy } from "../../../src/attestation/index.ts";
import { type Json, type JsonObject, schemaOf } from "../../../src/json/index.ts";

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

  /** The names of all properties in a schema, at any depth. */
  const fieldsOf = (schema: Json): readonly string[] => {
    if (schema === null || typeof schema !== "object") return [];
    const named = "properties" in schema ? Object.keys(schema["properties"] as JsonObject) : [];
    return [...named, ...Object.values(schema).flatMap(fieldsOf)];
  };
  const fields = [...new Set(fieldsOf(schemaOf(readPolicy)))];

  /** The names of all bits in the lists of a schema. */
  const bitsOf = (schema: Json): readonly string[] => {
    if (schema === null || typeof schema !== "object") return [];
    const { require } = ("properties" in schema ? schema["properties"] : {}) as { require?: JsonObject };
    const items = require?.["items"] as { readonly enum: readonly string[] } | undefined;
    return [...(items?.enum ?? []), ...Object.values(schema).flatMap(bitsOf)];
  };
  const bits = [...new Set(bitsOf(schemaOf(readPolicy)))];

  it("finds the bits of the reader", () =>
    expect(bits).toEqual(expect.arrayContaining(["KSS", "APX", "CPINFO", "MIGRATABLE", "SMT", "TIO_EN"])));

  it.each(bits)("names the bit %s", (bit) => expect(docs).toContain(`\`${bit}\``));

  it("finds the fields of the reader", () =>
    expect(fields).toEqual(expect.arrayContaining(["graceDays", "chipIdAllow", "appId"])));

  it.each(fields.filter((field) => !/^rtmr[12]$/.test(field)))("names the field %s", (field) =>
    expect(docs).toMatch(new RegExp(`[\`.]${field}\\b`)),
  );
});
