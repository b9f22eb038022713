import { JsonError } from "@pruntime/core/json";
import { builtIns, decodeInterface, type Schema, schemaReader } from "@pruntime/interfaces";
import { describe, expect, it } from "vitest";
import { draftOf, formLimits, isDrawable, jsonOf } from "../src/schema-form/draft.ts";

const messages = builtIns.flatMap(({ name, commands, requests }) => [
  ...commands.map(({ name: message, input, example }) => [`${name} ${message}`, input, example] as const),
  ...requests.map((one) => [`${name} ${one.name}`, one.input, one.example.input] as const),
]);

describe("the form of a schema", () => {
  it.each(messages)("makes the example of %s from its draft", (_name, input, example) => {
    expect(isDrawable(input)).toBe(true);
    expect(jsonOf(input, draftOf(input, example))).toEqual(example);
  });

  const all: Schema = {
    struct: [
      { name: "flag", type: "bool" },
      { name: "some", type: { option: "u8" } },
      { name: "map", type: { map: { key: "account", value: { list: { of: "i64" } } } } },
      {
        name: "kind",
        type: {
          variant: [
            { name: "A", type: "unit" },
            { name: "B", type: "text" },
          ],
        },
      },
      { name: "raw", type: { bytes: { length: 2 } } },
    ],
  };
  const bob = "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48";

  it("covers every type of the language", () => {
    const draft = { flag: true, some: ["7"], map: [["Bob", ["-0012"]]], kind: ["B", " x "], raw: "0xabcd" };
    const json = { flag: true, some: 7, map: { [bob]: ["-12"] }, kind: { B: " x " }, raw: "abcd" };
    expect(jsonOf(all, draft)).toEqual(json);
    expect(jsonOf(all, draftOf(all, json))).toEqual(json);
    expect(draftOf(all, undefined)).toEqual({ flag: false, some: null, map: [], kind: ["A", null], raw: "" });
  });

  it.each([
    ["/some", { some: ["x"] }],
    ["/some", { some: ["256"] }],
    ["/map", { map: [["nobody", []]] }],
    ["/kind", { kind: ["C", null] }],
    ["/raw", { raw: "abc" }],
  ])("says that %s is wrong in %j", (at, change) => {
    const draft = { flag: false, some: null, map: [], kind: ["A", null], raw: "abcd", ...change };
    try {
      jsonOf(all, draft);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(JsonError);
      expect(String(((error as JsonError).detail as { at?: string }).at)).toMatch(new RegExp(`^${at}`));
    }
  });
});

describe("a hostile schema", () => {
  const nested = (levels: number): Schema => (levels === 1 ? "u8" : { list: { of: nested(levels - 1) } });
  const wide = (fields: number): Schema => ({
    struct: Array.from({ length: fields }, (_, at) => ({ name: `f${at}`, type: "u8" as const })),
  });

  it("is not drawn if it is too deep or too wide", () => {
    expect(isDrawable(nested(formLimits.maxLevels))).toBe(true);
    expect(isDrawable(nested(formLimits.maxLevels + 1))).toBe(false);
    expect(isDrawable(wide(formLimits.maxFields - 1))).toBe(true);
    expect(isDrawable(wide(formLimits.maxFields))).toBe(false);
  });

  it("cannot name a field after a property of all objects, nor fill one", () => {
    const field = (name: string) =>
      JSON.stringify({
        name: "x",
        meaning: "",
        requests: [],
        commands: [
          {
            name: "C",
            meaning: "",
            sender: "",
            statuses: [],
            example: {},
            input: { struct: [{ name, type: "bool" }] },
          },
        ],
      });
    expect(() => decodeInterface(field("__proto__"))).toThrow(JsonError);
    const schema: Schema = { struct: [{ name: "constructor", type: { option: "text" } }] };
    expect(draftOf(schema, {})).toEqual({ constructor: null });
    expect(jsonOf(schema, { constructor: ["x"] } as never)).toEqual({ constructor: "x" });
    expect(schemaReader(schema)({}, "")).toEqual({ constructor: undefined });
    expect(({} as { x?: string }).x).toBeUndefined();
  });
});
