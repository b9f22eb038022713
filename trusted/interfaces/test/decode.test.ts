import { canonicalJson, type Json } from "@pruntime/core/json";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ContractInterface, decodeInterface, type Schema } from "../src/index.ts";
import { outcome, typed } from "./kit.ts";

const minimal: ContractInterface = {
  name: "Notes",
  meaning: "Keeps notes.",
  commands: [
    {
      name: "Add",
      meaning: "Adds a note.",
      sender: "any account",
      input: "text",
      statuses: [{ name: "Full", when: "No room is left." }],
      example: "milk",
    },
  ],
  requests: [
    {
      name: "Count",
      meaning: "The number of notes.",
      asker: "anyone",
      input: "unit",
      answer: "u32",
      refusals: [],
      example: { input: null, answer: 3 },
    },
  ],
};
const decode = (json: unknown) => decodeInterface(canonicalJson(json as Json));

/** The minimal interface, but with this input type and this example for its command. */
const withInput = (input: Json, example: Json = null): Json =>
  ({ ...minimal, commands: [{ ...minimal.commands[0], input, example }] }) as unknown as Json;

describe("decodeInterface", () => {
  it("reads an interface back from its JSON", () => expect(decode(minimal)).toEqual(minimal));

  it("reads any schema back as it was", () => {
    fc.assert(
      fc.property(typed, ({ schema }) => {
        const read = decode(withInput({ option: { list: { of: schema } } } as Json));
        expect(read.commands[0]?.input).toEqual({ option: { list: { of: schema } } });
      }),
    );
  });

  it("reads which fields have a public size", () => {
    const fields = [
      { name: "a", type: "text", size: "public" },
      { name: "b", type: "text" },
    ];
    const { commands } = decode(withInput({ struct: fields }, { a: "", b: "" }));
    expect(commands[0]?.input).toEqual({ struct: fields });
  });

  const at = "/commands/0/input";
  const cases: readonly (readonly [Json, string])[] = [
    ["u256", `json/unknown-variant ${at}`],
    ["toString", `json/unknown-variant ${at}`],
    ["option", `json/unknown-variant ${at}`],
    [null, `json/wrong-type ${at}`],
    [{}, `json/unknown-variant ${at}`],
    [{ u8: null }, `json/unknown-variant ${at}`],
    [{ option: "u8", list: { of: "u8" } }, `json/unknown-variant ${at}`],
    [{ text: null }, `json/wrong-type ${at}/text`],
    [{ text: {} }, `json/missing-key ${at}/text/max`],
    [{ text: { max: -1 } }, `json/out-of-range ${at}/text/max`],
    [{ text: { max: 1, min: 0 } }, `json/unknown-key ${at}/text`],
    [{ bytes: null }, `json/wrong-type ${at}/bytes`],
    [{ bytes: [] }, `json/wrong-type ${at}/bytes`],
    [{ bytes: {} }, `json/missing-key ${at}/bytes/max`],
    [{ bytes: { length: 1, max: 1 } }, `json/unknown-key ${at}/bytes`],
    [{ bytes: { length: "1" } }, `json/wrong-type ${at}/bytes/length`],
    [{ option: { option: "u8" } }, `json/out-of-range ${at}/option`],
    [{ option: "unit" }, `json/out-of-range ${at}/option`],
    [{ list: "u8" }, `json/wrong-type ${at}/list`],
    [{ list: { of: "u8", max: null } }, `json/wrong-type ${at}/list/max`],
    [{ list: { of: "u8", min: 0 } }, `json/unknown-key ${at}/list`],
    [{ list: { of: "u9" } }, `json/unknown-variant ${at}/list/of`],
    [{ map: { value: "u8" } }, `json/missing-key ${at}/map/key`],
    [{ map: { key: "bool", value: "u8" } }, `json/out-of-range ${at}/map/key`],
    [{ map: { key: "unit", value: "u8" } }, `json/out-of-range ${at}/map/key`],
    [{ map: { key: { option: "u8" }, value: "u8" } }, `json/out-of-range ${at}/map/key`],
    [{ struct: {} }, `json/wrong-type ${at}/struct`],
    [{ struct: [{ name: "a" }] }, `json/missing-key ${at}/struct/0/type`],
    [{ struct: [{ name: "a", type: "u8", public: true }] }, `json/unknown-key ${at}/struct/0`],
    [{ struct: [{ name: "a", type: "u8", size: "secret" }] }, `json/unknown-variant ${at}/struct/0/size`],
    [{ variant: [{ name: "a", type: "u8", size: 1 }] }, `json/wrong-type ${at}/variant/0/size`],
    [{ struct: [{ name: "", type: "u8" }] }, `json/out-of-range ${at}/struct/0/name`],
    [{ struct: [{ name: "a/b", type: "u8" }] }, `json/out-of-range ${at}/struct/0/name`],
    [{ struct: [{ name: "__proto__", type: "u8" }] }, `json/out-of-range ${at}/struct/0/name`],
    [{ struct: [{ name: "a".repeat(65), type: "u8" }] }, `json/out-of-range ${at}/struct/0/name`],
    [{ struct: [{ name: 1, type: "u8" }] }, `json/wrong-type ${at}/struct/0/name`],
    [
      {
        struct: [
          { name: "a", type: "u8" },
          { name: "a", type: "u8" },
        ],
      },
      `json/out-of-range ${at}/struct`,
    ],
    [
      { struct: Array.from({ length: 257 }, (_, i) => ({ name: `a${i}`, type: "u8" })) },
      `json/out-of-range ${at}/struct`,
    ],
    [{ variant: [] }, `json/out-of-range ${at}/variant`],
    [
      {
        variant: [
          { name: "a", type: "u8" },
          { name: "a", type: "unit" },
        ],
      },
      `json/out-of-range ${at}/variant`,
    ],
  ];
  it.each(cases)("refuses the schema %j", (schema, wanted) =>
    expect(outcome(() => decode(withInput(schema)))).toBe(wanted),
  );

  it.each([
    ["an unknown key", { ...minimal, more: 1 }, "json/unknown-key "],
    ["a missing key", { ...minimal, requests: undefined }, "json/missing-key /requests"],
    ["a long name", { ...minimal, name: "x".repeat(65) }, "json/out-of-range /name"],
    ["a long meaning", { ...minimal, meaning: "x".repeat(1025) }, "json/out-of-range /meaning"],
    [
      "two commands with one name",
      { ...minimal, commands: [minimal.commands[0], minimal.commands[0]] },
      "json/out-of-range /commands",
    ],
    [
      "two requests with one name",
      { ...minimal, requests: [minimal.requests[0], minimal.requests[0]] },
      "json/out-of-range /requests",
    ],
    [
      "a command with an invalid name",
      { ...minimal, commands: [{ ...minimal.commands[0], name: "Add it" }] },
      "json/out-of-range /commands/0/name",
    ],
    [
      "an ending with an unknown key",
      { ...minimal, commands: [{ ...minimal.commands[0], statuses: [{ name: "a", when: "b", c: 1 }] }] },
      "json/unknown-key /commands/0/statuses/0",
    ],
    ["an example that its schema refuses", withInput("u8", 256), "json/out-of-range /commands/0/example"],
    [
      "an example of a request that its schema refuses",
      { ...minimal, requests: [{ ...minimal.requests[0], example: { input: 1, answer: 3 } }] },
      "json/wrong-type /requests/0/example/input",
    ],
    [
      "an example of an answer that its schema refuses",
      { ...minimal, requests: [{ ...minimal.requests[0], example: { input: null, answer: -1 } }] },
      "json/out-of-range /requests/0/example/answer",
    ],
  ])("refuses %s", (_, json, wanted) =>
    expect(outcome(() => decodeInterface(JSON.stringify(json)))).toBe(wanted),
  );

  it("checks the limits of length, depth and count before it builds anything", () => {
    const deep = (levels: number): Schema => (levels === 0 ? "u8" : { list: { of: deep(levels - 1) } });
    expect(outcome(() => decode(withInput(deep(20) as Json, [])))).toBeTypeOf("object");
    expect(() => decode(withInput(deep(32) as Json, []))).toThrow("json/too-deep");
    expect(() => decodeInterface(" ".repeat((1 << 16) + 1))).toThrow("json/too-long");
    const command = { ...minimal.commands[0], meaning: "", sender: "", statuses: [] };
    const commands = Array.from({ length: 257 }, (_, i) => ({ ...command, name: `C${i}` }));
    expect(outcome(() => decode({ ...minimal, commands }))).toBe("json/out-of-range /commands");
  });
});
