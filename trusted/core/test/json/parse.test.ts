import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalJson,
  canonicalJsonWork,
  decodeJsonWork,
  type Json,
  jsonAny,
  maxContainers,
  parseJson,
} from "../../src/json/index.ts";
import { bytesPerUnit } from "../../src/work/index.ts";
import { codeOf } from "../support/code.ts";

const code = (text: string): string => codeOf(() => parseJson(text));
/** Converts a parsed value, whose objects have no prototype, to plain objects. */
const plain = (value: Json): unknown => JSON.parse(canonicalJson(value));

describe("parseJson reads", () => {
  it.each([
    ["null", null],
    ["true", true],
    ["false", false],
    ["0", 0],
    ["-0", 0],
    ["-1", -1],
    ["1.5e3", 1500],
    ["1E-1", 0.1],
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["-9007199254740993", -9007199254740993n],
    ["340282366920938463463374607431768211455", 2n ** 128n - 1n],
    ["1".repeat(64), BigInt("1".repeat(64))],
    ['""', ""],
    [String.raw`"\ud800\udc00\udbff\udfff\ud7ff\ue000"`, "\u{10000}\u{10ffff}\ud7ff\ue000"],
    ['"\u{10000}\u{10ffff}\ud7ff\ue000"', "\u{10000}\u{10ffff}\ud7ff\ue000"],
    [String.raw`"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00"`, '"\\/\b\f\n\r\tA😀'],
    ['"😀\u007f"', "😀\u007f"],
    [" \t\r\n[ ] ", []],
    ["[1,[2,[]]]", [1, [2, []]]],
  ])("%s", (text, value) => expect(parseJson(text)).toEqual(value));

  it("objects without a prototype, in which no key is special", () => {
    const key = "__proto__";
    const object = parseJson('{ "a" : 1 , "__proto__" : {"b":2}, "toString": null, "": [] }') as Record<
      string,
      Json
    >;
    expect(Object.getPrototypeOf(object)).toBe(null);
    expect(Object.keys(object)).toEqual(["a", "__proto__", "toString", ""]);
    expect(Object.getPrototypeOf(object[key])).toBe(null);
  });

  it("up to its limits", () => {
    expect(codeOf(() => parseJson("[[]]", { maxLength: 4, maxDepth: 2 }))).toBe("accepted");
    expect(codeOf(() => parseJson("[[]]", { maxLength: 3, maxDepth: 2 }))).toBe("json/too-long");
    expect(codeOf(() => parseJson("[[]]", { maxLength: 4, maxDepth: 1 }))).toBe("json/too-deep");
    expect(codeOf(() => parseJson('{"a":{}}', { maxLength: 99, maxDepth: 1 }))).toBe("json/too-deep");
    expect(code("[".repeat(64) + "]".repeat(64))).toBe("accepted");
    expect(code("[".repeat(1_000_000))).toBe("json/too-deep");
    expect(code(" ".repeat(2 ** 20 + 1))).toBe("json/too-long");
    for (const container of ["{}", "[]"]) {
      const list = (count: number) => `[${new Array(count).fill(container).join()}]`;
      expect(code(list(maxContainers - 1))).toBe("accepted");
      expect(code(list(maxContainers))).toBe("json/too-many");
    }
  });
});

describe("parseJson refuses", () => {
  it.each([
    ...[
      "",
      " ",
      "nul",
      "tru",
      "True",
      "undefined",
      "NaN",
      "Infinity",
      "+1",
      "-",
      ".5",
      "'a'",
      "[",
      "{",
      "[1,]",
      "[,1]",
    ],
    ...[
      "[1 2]",
      "{,}",
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      '{"a" 1}',
      "{a:1}",
      "{1:1}",
      '{"a":1',
      "//",
      "/**/1",
      "\u00a01",
      "\ufeff1",
      "]",
    ],
  ])("json/bad-syntax: %j", (text) => expect(code(text)).toBe("json/bad-syntax"));

  it.each([
    '"',
    '"a',
    '"\n"',
    '"\u0000"',
    '"\u001f"',
    String.raw`"\x"`,
    String.raw`"\u12"`,
    String.raw`"\u12g4"`,
    String.raw`"\U0041"`,
    '"\\',
    String.raw`"\ud800"`,
  ])("json/bad-string: %j", (text) => expect(code(text)).toBe("json/bad-string"));

  it.each([
    String.raw`"\udc00"`,
    String.raw`"\ud800\ud800"`,
    String.raw`"\ud800\udbff"`,
    String.raw`"\ud800\ue000"`,
    String.raw`"\udfff"`,
    String.raw`"\ud800\n"`,
    String.raw`"\ud800a"`,
    '"\ud800"',
    '"\udc00"',
    '"\ud800a"',
    '"\udc00\ud800"',
    '"\udc00\udc00"',
    '"\ud800\udbff"',
    '"\ud800\ue000"',
    `${String.raw`"\ud800`}\udc00"`,
  ])("json/bad-string, a lone surrogate: %j", (text) => expect(code(text)).toBe("json/bad-string"));

  it.each(["1e400", "-1e400", "1".repeat(65), `0.${"1".repeat(63)}`, "1".repeat(100_000)])(
    "json/bad-number: %s",
    (text) => expect(code(text)).toBe("json/bad-number"),
  );

  it.each(["01", "1 2", "null null", "{}{}", "1.", "1.e1", "1e", "0x10", "truefalse", '""a', "[]]"])(
    "json/trailing: %j",
    (text) => expect(code(text)).toBe("json/trailing"),
  );

  it.each([
    '{"a":1,"a":1}',
    String.raw`{"a":1,"\u0061":2}`,
    '{"__proto__":1,"__proto__":2}',
    '[{"b":{"a":1,"a":1}}]',
  ])("json/duplicate-key: %s", (text) => expect(code(text)).toBe("json/duplicate-key"));
});

describe("any text", () => {
  it("throws only coded errors, and reads the same value as the host", () => {
    const pieces = fc.constantFrom(
      ...'{}[]",:\\ ',
      '"a"',
      "1",
      "-",
      "0",
      ".",
      "e",
      "true",
      "null",
      String.raw`\u00e9`,
      "\n",
      "é",
      "😀",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        const answer = code(text);
        expect(answer).toMatch(/^(accepted|json\/.*)$/);
        let host: string;
        try {
          JSON.parse(text);
          host = "accepted";
        } catch {
          host = "refused";
        }
        if (answer === "accepted") expect(host).toBe("accepted");
        else if (host === "accepted") expect(answer).toMatch(/^json\/(duplicate-key|bad-number)$/);
      }),
      { numRuns: 3000 },
    );
  });

  it("reads what the host writes", () =>
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(parseJson(text), (_, v) => (typeof v === "bigint" ? Number(v) : v))).toBe(
          JSON.stringify(JSON.parse(text)),
        );
      }),
    ));
});

describe("canonicalJson", () => {
  it("sorts keys by their UTF-8 bytes and writes no space", () => {
    const value = {
      b: [1, { d: null, c: true }],
      a: "x",
      "": 0,
      "\uffff": 1,
      "😀": 2,
      "😁": 3,
      aa: 4,
      é: 5,
      10: 6,
      9: 7,
    };
    expect(canonicalJson(value)).toBe(
      '{"":0,"10":6,"9":7,"a":"x","aa":4,"b":[1,{"c":true,"d":null}],"é":5,"\uffff":1,"😀":2,"😁":3}',
    );
  });

  it("escapes the same characters as serde_json", () => {
    expect(canonicalJson('"\\/\b\f\n\r\t\u0000\u001f\u007f\u2028é')).toBe(
      `"${String.raw`\"\\/\b\f\n\r\t\u0000\u001f`}\u007f\u2028é"`,
    );
  });

  it("writes integers of any size", () =>
    expect(canonicalJson([0, -1, 2n ** 128n, -(2n ** 64n)])).toBe(`[0,-1,${2n ** 128n},-${2n ** 64n}]`));

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("json/bad-number: %s", (value) =>
    expect(codeOf(() => canonicalJson({ a: [value] }))).toBe("json/bad-number"),
  );

  it("json/bad-string: a lone surrogate, in a value or a key", () => {
    expect(codeOf(() => canonicalJson("a\ud800"))).toBe("json/bad-string");
    expect(codeOf(() => canonicalJson({ "\udc00": 1 }))).toBe("json/bad-string");
  });

  it("is the same text for any order of keys, and reads back", () => {
    const leaf = fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger().map((n) => n + 0),
      fc.string({ unit: "binary" }),
    );
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.string({ unit: "binary" }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    const reversed = (json: Json): Json =>
      typeof json !== "object" || json === null
        ? json
        : Array.isArray(json)
          ? json.map(reversed)
          : Object.fromEntries(
              Object.entries(json)
                .reverse()
                .map(([key, member]) => [key, reversed(member)]),
            );
    fc.assert(
      fc.property(value, (json) => {
        const text = canonicalJson(json);
        expect(canonicalJson(reversed(json))).toBe(text);
        expect(canonicalJson(parseJson(text))).toBe(text);
        expect(plain(parseJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe("in units of 16 KiB", () => {
  const limits = { maxLength: 1 << 21, maxDepth: 64 };
  const escaped = String.raw`\u0041\ud83d\ude00\n`;
  const rich = `{"a${escaped}":[1,-2.5e3,true,false,null,"x😀${escaped}",{}, [ ]] , "b" :{"c":"" } }`;

  it("the value and the refusals do not depend on where a unit ends", () => {
    for (let at = 0; at <= rich.length; at++) {
      const before = " ".repeat(bytesPerUnit - at);
      expect(plain(parseJson(before + rich))).toEqual(JSON.parse(rich));
      for (const text of [rich.slice(0, at), `${rich.slice(0, at)}}${rich.slice(at)}`])
        expect(code(before + text)).toBe(code(text));
    }
  });

  it.each([
    ["a string", `"${"x".repeat(1 << 20)}"`],
    ["space", `${" ".repeat(1 << 20)}1`],
    ["numbers", `[${"1,".repeat(1 << 19)}1]`],
    ["objects", `[${'{"a":1},'.repeat(1 << 17)}1]`],
  ])("the parser pauses in %s", (_, text) => {
    expect([...decodeJsonWork(text, jsonAny, limits)].length).toBe(64);
  });

  it("canonical text is written, and a pair of surrogates is not divided", () => {
    for (const start of ["", "a"]) {
      const text = `${start}${"😀".repeat(1 << 17)}"`;
      const work = canonicalJsonWork({ a: text, b: 1 });
      let pauses = 0;
      let step = work.next();
      for (; step.done !== true; step = work.next()) pauses++;
      expect([step.value === canonicalJson({ a: text, b: 1 }), pauses]).toEqual([true, 16]);
    }
  });
});
