import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import {
  decodeJson,
  JsonError,
  type JsonReader,
  json0x,
  jsonAnnotated,
  jsonAny,
  jsonAnyObject,
  jsonArray,
  jsonBase64,
  jsonBool,
  jsonEnum,
  jsonHex,
  jsonMap,
  jsonNullable,
  jsonObject,
  jsonOptional,
  jsonPattern,
  jsonString,
  jsonU32,
  jsonU64,
  jsonU128Text,
  jsonUnit,
  jsonVariant,
  schemaOf,
  type Wire,
} from "../../src/json/index.ts";
import { codeOf } from "../support/code.ts";

const fits = (reader: JsonReader<unknown>, text: string): boolean =>
  new Ajv().validate(schemaOf(reader), JSON.parse(text)) as boolean;

const max128 = "340282366920938463463374607431768211455";
const transfer = jsonObject({ dest: jsonHex(2), value: jsonU128Text, note: jsonOptional(jsonString(3)) });
const command = jsonVariant({ Ping: jsonUnit, Transfer: transfer, SetOwner: jsonU32 });
const colour = jsonEnum(["red", "green"]);
const word = jsonPattern(/^[a-z]+$/, "a word in lower case");
const even = jsonMap(jsonU32, (number, at) => {
  if (number % 2 === 1) throw new JsonError({ code: "json/out-of-range", at, want: "an even number" });
  return number / 2;
});

describe("typed readers accept", () => {
  const cases: readonly (readonly [string, JsonReader<unknown>, string, unknown])[] = [
    ["jsonAny", jsonAny, "[1,null]", [1, null]],
    ["jsonBool", jsonBool, "true", true],
    ["jsonBool, false", jsonBool, "false", false],
    ["jsonString", jsonString(), '"abc"', "abc"],
    ["jsonString at its limit", jsonString(3), '"abc"', "abc"],
    ["jsonU32", jsonU32, "4294967295", 4294967295],
    ["jsonU32, the smallest", jsonU32, "0", 0],
    ["jsonU64", jsonU64, "18446744073709551615", 2n ** 64n - 1n],
    ["jsonU64 as text", jsonU64, '"18446744073709551615"', 2n ** 64n - 1n],
    ["json0x", json0x(2), '"0xaBcd"', Uint8Array.of(0xab, 0xcd)],
    ["json0x of any length", json0x(), '"0x"', new Uint8Array()],
    ["jsonU32 written as a float", jsonU32, "1e0", 1],
    ["jsonU128Text", jsonU128Text, `"${max128}"`, 2n ** 128n - 1n],
    ["jsonU128Text zero", jsonU128Text, '"0"', 0n],
    ["jsonHex", jsonHex(2), '"aBcd"', Uint8Array.of(0xab, 0xcd)],
    ["jsonBase64", jsonBase64(2), '"qrs="', Uint8Array.of(0xaa, 0xbb)],
    ["jsonArray", jsonArray(jsonU32, 2), "[1,2]", [1, 2]],
    ["jsonNullable", jsonNullable(jsonU32), "null", null],
    ["jsonNullable with a value", jsonNullable(jsonU32), "1", 1],
    [
      "jsonObject",
      transfer,
      '{"value":"1","dest":"0102"}',
      { dest: Uint8Array.of(1, 2), value: 1n, note: undefined },
    ],
    [
      "jsonObject with unknown keys ignored",
      jsonObject({ a: jsonU32 }, "ignored"),
      '{"a":1,"b":2}',
      { a: 1 },
    ],
    ["a unit variant", command, '"Ping"', { kind: "Ping", value: null }],
    ["a unit variant as serde also reads it", command, '{"Ping":null}', { kind: "Ping", value: null }],
    ["jsonEnum", colour, '"green"', "green"],
    ["jsonPattern", word, '"abc"', "abc"],
    ["jsonAnyObject", jsonAnyObject, '{"a":[1]}', { a: [1] }],
    ["jsonMap", even, "4", 2],
    ["jsonAnnotated", jsonAnnotated(jsonU32, { description: "how many" }), "4", 4],
    ["a variant with content", command, '{"SetOwner":7}', { kind: "SetOwner", value: 7 }],
  ];
  it.each(cases)("%s", (_, reader, text, value) => {
    expect(decodeJson(text, reader)).toEqual(value);
    expect(fits(reader, text)).toBe(true);
  });
});

describe("typed readers refuse", () => {
  const cases: readonly (readonly [string, JsonReader<unknown>, string])[] = [
    ["json/wrong-type", jsonBool, "1"],
    ["json/wrong-type", jsonBool, "null"],
    ["json/wrong-type", jsonString(), "1"],
    ["json/out-of-range", jsonString(2), '"abc"'],
    ["json/wrong-type", jsonU32, '"1"'],
    ["json/wrong-type", jsonU32, "null"],
    ["json/out-of-range", jsonU32, "4294967296"],
    ["json/out-of-range", jsonU32, "-1"],
    ["json/out-of-range", jsonU32, "0.5"],
    ["json/out-of-range", jsonU32, "9007199254740993"],
    ["json/wrong-type", json0x(2), "1"],
    ["json/out-of-range", json0x(2), '"0x00"'],
    ["json/out-of-range", json0x(2), '"0x000000"'],
    ["json/out-of-range", jsonU64, "0.5"],
    ["json/out-of-range", jsonU64, "-1"],
    ["json/out-of-range", jsonU64, "18446744073709551616"],
    ["json/out-of-range", jsonU64, '"18446744073709551616"'],
    ["json/wrong-type", jsonU64, "null"],
    ["json/wrong-type", jsonVariant({ Any: jsonAny }), '"Any"'],
    ["json/wrong-type", jsonU128Text, "1"],
    ["json/out-of-range", jsonU128Text, '""'],
    ["json/out-of-range", jsonU128Text, '"01"'],
    ["json/out-of-range", jsonU128Text, '"-1"'],
    ["json/out-of-range", jsonU128Text, '"+1"'],
    ["json/out-of-range", jsonU128Text, '" 1"'],
    ["json/out-of-range", jsonU128Text, '"0x1"'],
    ["json/out-of-range", jsonU128Text, String.raw`"1\n"`],
    ["json/out-of-range", jsonU128Text, '"340282366920938463463374607431768211456"'],
    ["json/out-of-range", jsonU128Text, `"${"9".repeat(1000)}"`],
    ["json/wrong-type", jsonHex(2), "1"],
    ["json/wrong-type", jsonHex(2), '"zz00"'],
    ["json/wrong-type", jsonHex(2), '"0x00"'],
    ["json/out-of-range", jsonHex(2), '"00"'],
    ["json/out-of-range", jsonHex(2), '"000000"'],
    ["json/wrong-type", jsonBase64(), "1"],
    ["json/wrong-type", jsonBase64(), '"qrt="'],
    ["json/wrong-type", jsonBase64(), '"qrs"'],
    ["json/out-of-range", jsonBase64(1), '"qrs="'],
    ["json/out-of-range", jsonBase64(2), '"qrvMqg=="'],
    ["json/wrong-type", jsonArray(jsonU32), "{}"],
    ["json/wrong-type", jsonArray(jsonU32), "[1,null]"],
    ["json/out-of-range", jsonArray(jsonU32, 1), "[1,2]"],
    ["json/wrong-type", jsonNullable(jsonU32), "true"],
    ["json/wrong-type", transfer, "[]"],
    ["json/wrong-type", transfer, "null"],
    ["json/missing-key", transfer, '{"dest":"0102"}'],
    ["json/unknown-key", transfer, '{"dest":"0102","value":"1","more":1}'],
    ["json/unknown-key", transfer, '{"dest":"0102","value":"1","__proto__":1}'],
    ["json/unknown-key", transfer, '{"dest":"0102","value":"1","toString":1}'],
    ["json/wrong-type", transfer, '{"dest":"0102","value":"1","note":null}'],
    ["json/unknown-variant", command, '"Pong"'],
    ["json/unknown-variant", command, '"toString"'],
    ["json/unknown-variant", command, '{"__proto__":null}'],
    ["json/unknown-variant", command, "{}"],
    ["json/unknown-variant", command, '{"Ping":null,"SetOwner":1}'],
    ["json/wrong-type", command, '{"Ping":1}'],
    ["json/wrong-type", command, '"SetOwner"'],
    ["json/wrong-type", command, "7"],
    ["json/wrong-type", command, "null"],
    ["json/unknown-variant", colour, '"blue"'],
    ["json/unknown-variant", colour, '""'],
    ["json/wrong-type", colour, "1"],
    ["json/out-of-range", word, '"Abc"'],
    ["json/wrong-type", word, "null"],
    ["json/wrong-type", jsonAnyObject, "[]"],
    ["json/wrong-type", jsonAnyObject, "null"],
    ["json/out-of-range", even, "3"],
    ["json/wrong-type", even, '"4"'],
    ["json/wrong-type", jsonAnnotated(jsonU32, { description: "how many" }), "true"],
    ["json/trailing", jsonU32, "1 1"],
  ];
  it.each(cases)("%s", (expected, reader, text) =>
    expect(codeOf(() => decodeJson(text, reader))).toBe(expected),
  );

  it("an object that only inherits the key", () =>
    expect(codeOf(() => jsonObject({ constructor: jsonAny })({}, ""))).toBe("json/missing-key"));

  it("text beyond its limit, before reading it", () =>
    expect(codeOf(() => decodeJson("[1,2]", jsonAny, { maxLength: 4, maxDepth: 1 }))).toBe("json/too-long"));

  it("with the path in the schema, and without a word of the text", () => {
    const reader = jsonObject({ list: jsonArray(command) });
    try {
      decodeJson('{"list":["Ping",{"Transfer":{"dest":"secret","value":"1"}}]}', reader);
      expect.unreachable();
    } catch (error) {
      expect((error as JsonError).detail).toEqual({
        code: "json/out-of-range",
        at: "/list/1/Transfer/dest",
        want: "2 bytes of hex",
      });
    }
  });
});

describe("a reader's schema", () => {
  it("describes the values that the reader accepts", () =>
    expect(
      schemaOf(
        jsonObject(
          {
            amount: jsonAnnotated(jsonU128Text, { description: "in the smallest unit" }),
            colours: jsonArray(colour, 3),
            key: jsonHex(2),
            more: jsonAny,
            note: jsonOptional(jsonNullable(jsonString(5))),
          },
          "ignored",
        ),
      ),
    ).toEqual({
      type: "object",
      properties: {
        amount: {
          type: "string",
          pattern: "^(?:0|[1-9][0-9]{0,38})$",
          description: "in the smallest unit",
        },
        colours: { type: "array", items: { enum: ["red", "green"] }, maxItems: 3 },
        key: { type: "string", pattern: "^[0-9a-fA-F]{4}$" },
        more: {},
        note: { anyOf: [{ type: "string", maxLength: 5 }, { type: "null" }] },
      },
      required: ["amount", "colours", "key", "more"],
    }));

  it("lists variants, those without content in both their forms", () =>
    expect(schemaOf(jsonVariant({ Ping: jsonUnit, SetOwner: jsonBool }))).toEqual({
      anyOf: [
        { const: "Ping" },
        {
          type: "object",
          properties: { Ping: { type: "null" } },
          required: ["Ping"],
          additionalProperties: false,
        },
        {
          type: "object",
          properties: { SetOwner: { type: "boolean" } },
          required: ["SetOwner"],
          additionalProperties: false,
        },
      ],
    }));

  it("leaves out limits that nothing can reach", () => {
    expect(schemaOf(jsonString())).toEqual({ type: "string" });
    expect(schemaOf(jsonBase64())).toEqual({ type: "string", contentEncoding: "base64" });
    expect(schemaOf(jsonArray(jsonAny))).toEqual({ type: "array", items: {} });
  });

  it("accepts any value for a reader without a schema", () => {
    const own: JsonReader<string> = (value) => String(value);
    expect(schemaOf(own)).toEqual({});
    expect(schemaOf(jsonMap(own, (text) => text.length))).toEqual({});
  });

  it("does not change when a copy is annotated", () => {
    jsonAnnotated(jsonBool, { description: "yes or no" });
    expect(schemaOf(jsonBool)).toEqual({ type: "boolean" });
  });
});

/** Type tests: the JSON that a caller writes for a reader. */
const written = {
  amount: "1",
  colours: ["red"],
  owner: null,
} satisfies Wire<typeof wired>;
const wired = jsonObject({
  amount: jsonU128Text,
  colours: jsonArray(colour),
  owner: jsonNullable(jsonHex(2)),
  note: jsonOptional(jsonBase64()),
});

it("a caller's JSON is typed by the reader", () => {
  expect(wired(written, "")).toEqual({ amount: 1n, colours: ["red"], owner: null, note: undefined });
  // @ts-expect-error: bytes are written as text
  const bytes: Wire<typeof wired> = { amount: "1", colours: [], owner: Uint8Array.of(1, 2) };
  // @ts-expect-error: a key is missing
  const missing: Wire<typeof wired> = { colours: [], owner: null };
  // @ts-expect-error: not one of the words
  const other: Wire<typeof wired> = { amount: "1", colours: ["blue"], owner: null };
  expect([bytes, missing, other]).toHaveLength(3);
});
