import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { pad } from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { complete } from "@pruntime/core/work";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../../test/support/fixtures.ts";
import { hashTableOf } from "../../../src/built-in/data-plaza/index.ts";
import { join, joinWork } from "../../../src/built-in/data-plaza/join.ts";

const joined = (dataset: string, query: string) => {
  const { rows, bytes } = join(utf8(dataset), utf8(query));
  return [rows, fromUtf8(bytes)];
};

describe("join", () => {
  it.each([
    [
      "whole lines, in the dataset's order, without its header",
      "id,phone\n1,a\n2,b\n3,c\n",
      "phone\nc\na\n",
      2,
      "1,a\n3,c\n",
    ],
    ["the same row twice is two rows", "phone\na\na\n", "phone\na\n", 2, "a\na\n"],
    ["the same query twice is one", "phone\na\n", "phone\na\na\n", 1, "a\n"],
    ["no match", "phone\na\n", "phone\nb\n", 0, ""],
    ["CRLF", "phone,x\r\na,1\r\nb,2\r\n", "phone\r\na\r\n", 1, "a,1\r\n"],
    ["CR alone", "phone,x\ra,1\rb,2\r", "phone\rb\r", 1, "b,2\r"],
    ["line ends of different kinds in one file", "phone\na\r\nb\nc\r", "phone\r\nb\na\nc", 3, "a\r\nb\nc\r"],
    ["no line end at the end", "phone\na\nb", "phone\nb", 1, "b"],
    ["a byte order mark", "\ufeffphone\na\n", "\ufeffphone\na\n", 1, "a\n"],
    ["a quoted header and field", '"phone","x"\n"a",1\n', '"phone"\na\n', 1, '"a",1\n'],
    ["a comma in quotes", 'x,phone\n"1,2",a\n', "phone\na\n", 1, '"1,2",a\n'],
    ["a line end in quotes", 'x,phone\n"1\n2",a\n', "phone\na\n", 1, '"1\n2",a\n'],
    ["a quote in quotes", 'phone\n"a""b"\n', 'phone\na"b\n', 1, '"a""b"\n'],
    ["a quote inside an unquoted field is text", 'phone\na"b\n', 'phone\n"a""b"\n', 1, 'a"b\n'],
    ["text after a closing quote belongs to the field", 'phone\n"a"b\n', "phone\nab\n", 1, '"a"b\n'],
    ["a field whose quote is never closed ends with the file", 'phone\n"a', "phone\na", 1, '"a'],
    ["an empty quoted field is a field", 'phone\n""\n\n', 'phone\n""\n', 1, '""\n'],
    ["empty lines are not rows", "\n\nphone\n\na\n\n", "\r\nphone\n\na\n", 1, "a\n"],
    ["an empty field matches an empty quoted one", "phone,x\n,1\na,2\n", 'phone\n""\n', 1, ",1\n"],
    ["a row that is too short to have the column", "x,phone\n1\n2,a\n", "phone\na\n1\n", 1, "2,a\n"],
    ["a row that is too short has no empty field", "x,phone\n1\n2,\n", 'phone\n""\n', 1, "2,\n"],
    ["a query row that is too short requests nothing", 'phone\n""\n', "x,phone\n1\n", 0, ""],
    ["a row longer than its header", "phone\na,1,2,3\n", "phone\na\n", 1, "a,1,2,3\n"],
    ["text that is not ASCII", "phone,名\n雷,雷诗云\n", "phone\n雷\n", 1, "雷,雷诗云\n"],
    ["the last of several columns with that name", "phone,phone\na,b\nb,a\n", "phone\na\n", 1, "b,a\n"],
    ["a query with several columns", "phone\na\nb\n", "x,phone\nb,a\n", 1, "a\n"],
    ["a query with a single column of any name", "phone\na\nb\n", "number\na\n", 1, "a\n"],
    ["a query with several columns, none of them phone", "phone\na\n", "x,y\na,a\n", 0, ""],
    ["a dataset without the column (2020 panicked)", "id,mobile\n1,a\n", "phone\na\n", 0, ""],
    ["a dataset with a single column of another name", "mobile\na\n", "phone\na\n", 0, ""],
    ["a header in another case", "Phone\na\n", "phone\na\n", 0, ""],
    ["empty files", "", "", 0, ""],
    ["a header only", "phone", "phone\n", 0, ""],
    ["line ends only", "\r\n\n\r", "\n", 0, ""],
  ])("%s", (_, dataset, query, rows, result) => expect(joined(dataset, query)).toEqual([rows, result]));

  it("accepts rows of more than 2048 bytes and 128 fields (2020 panicked)", () => {
    const row = `${"x,".repeat(1000)}a,${"y".repeat(100_000)}\n`;
    expect(joined(`${"h,".repeat(1000)}phone,z\n${row}`, "phone\na\n")).toEqual([1, row]);
    const long = "7".repeat(50_000);
    expect(joined(`phone\n${long}\n${long}8\n`, `phone\n"${long}"\n`)).toEqual([1, `${long}\n`]);
  });

  it("reads a long key alike, wherever it pauses", () => {
    for (let length = 65_515; length < 65_545; length++) {
      const key = `${"x".repeat(length)}""""${"y".repeat(66_000)}`;
      const row = `"${key}",1\r\n`;
      const dataset = `phone,z\r\n${row}"${key}y",1\r\n"z${key.slice(1)}",1\r\n"${key.slice(0, -1)}z",1\r\n`;
      expect(joined(dataset, `phone\n"${key}"\n`)).toEqual([1, row]);
    }
  });

  it("tells keys apart whose hashes are equal", () => {
    const rows = (of: readonly string[]) => utf8(["phone", ...of].join("\n"));
    const work = joinWork(rows(["ab", "ba", "cd", "dc", "c", ""]), rows(["dc", "ba"]), new Int32Array(256));
    expect(fromUtf8(complete(work).bytes)).toBe("ba\ndc\n");
  });

  it("has hashes that depend on all of a secret", () => {
    const [a, b] = [1, 2].map((byte) => hashTableOf(portableCrypto, new Uint8Array(32).fill(byte)));
    expect(new Set([...(a ?? []), ...(b ?? [])]).size).toBe(512);
  });

  it("keeps any keys apart that fit into a text", () => {
    const keys = Array.from({ length: 256 }, (_, byte) => [byte, 10]).filter(
      ([byte]) => ![10, 13, 34, 44].includes(byte ?? 0),
    );
    const pairs = keys.flatMap(([a = 0]) => keys.map(([b = 0]) => [a, b, 10]));
    const file = Uint8Array.from([...utf8("phone\n"), ...[...keys, ...pairs].flat()]);
    expect(join(file, file).rows).toBe(keys.length + pairs.length);
  });

  it("accepts bytes that are not UTF-8", () => {
    const dataset = Uint8Array.of(...utf8("phone\n"), 0xff, 0x0a, 0xfe, 0x0a);
    expect(join(dataset, Uint8Array.of(...utf8("phone\n"), 0xfe))).toEqual({
      rows: 1,
      bytes: Uint8Array.of(0xfe, 0x0a),
    });
  });

  it("accepts a view into a larger buffer", () => {
    const buffer = utf8('..phone\na\n"');
    expect(join(buffer.subarray(2, -1), utf8("phone\na")).rows).toBe(1);
  });

  it("finds exactly the matching rows, with or without quotes", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", '"', ",", "\n", "\r", " "), maxLength: 4 });
    const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;
    const end = fc.constantFrom("\n", "\r\n");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text), { maxLength: 8 }),
        fc.array(text, { maxLength: 4 }),
        end,
        (data, wanted, eol) => {
          const lines = data.map(([other, phone]) => `${quoted(other)},${quoted(phone)}${eol}`);
          const expected = lines.filter((_, i) => wanted.includes(data[i]?.[1] as string));
          const query = ["phone", ...wanted.map(quoted)].join(eol);
          expect(joined(`x,phone${eol}${lines.join("")}`, query)).toEqual([
            expected.length,
            expected.join(""),
          ]);
        },
      ),
    );
  });

  it("accepts any bytes, and its result is part of them", () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((tail) => Uint8Array.of(...utf8("phone\n"), ...tail));
    fc.assert(
      fc.property(bytes, (csv) => {
        const { bytes: result } = join(csv, csv);
        expect(result.length).toBeLessThanOrEqual(csv.length);
      }),
    );
  });
});

describe("a result that is padded like its dataset", () => {
  it("has a length that does not depend on the query", () => {
    const rows = fc.array(fc.constantFrom("a", "b", "c", '"d,e"'), { maxLength: 400 });
    fc.assert(
      fc.property(rows, rows, (data, wanted) => {
        const dataset = utf8(["phone", ...data].join("\n"));
        const lengths = [wanted, [], data].map((phones) => {
          const { bytes } = join(dataset, utf8(["phone", ...phones].join("\n")));
          return pad(bytes, dataset.length).length;
        });
        expect(new Set(lengths).size).toBe(1);
      }),
    );
  });
});

describe("join of the recorded 2020 files", () => {
  recorded("is the recorded result, byte for byte", ({ files }) => {
    const [dataset, query, expected] = ["dataset", "query", "expected-result"].map((name) =>
      files.bytes(`phala/2020-data-plaza/${name}.csv`),
    );
    expect(join(dataset as Uint8Array, query as Uint8Array)).toEqual({ rows: 5, bytes: expected });
  });
});
