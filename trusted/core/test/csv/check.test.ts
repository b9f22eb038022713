import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/bytes/index.ts";
import { checkTable } from "../../src/csv/index.ts";
import { complete } from "../../src/work/index.ts";

const check = (text: string, column?: string) => complete(checkTable(utf8(text), column));
const refused = (text: string, column?: string): unknown => {
  try {
    return check(text, column);
  } catch (error) {
    return (error as { readonly detail: unknown }).detail;
  }
};

describe("checkTable", () => {
  it.each([
    ["a header and rows", "phone,x\n1,a\n2,b\n", 2, 2],
    ["no line end at the end", "phone,x\n1,a", 1, 2],
    ["CRLF, CR and empty lines", "\r\nphone,x\r\n\r1,a\r2,b\n\n", 2, 2],
    ["a byte order mark", "\ufeffphone\n1\n", 1, 1],
    ["commas, quotes and line ends in quotes", 'phone,x\n"1,""2""\r\n",""\n', 1, 2],
    ["a quote inside an unquoted field", 'phone\na"b\n', 1, 1],
    ["a header alone", "x,phone\n", 0, 2],
  ])("accepts %s", (_, text, rows, columns) => expect(check(text, "phone")).toEqual({ rows, columns }));

  it("accepts an empty text, if no column is required", () =>
    expect(check("")).toEqual({ rows: 0, columns: 0 }));

  it.each(["x\n1\n", "", "Phone\n", "phone \n"])("csv/no-column: %j", (text) =>
    expect(refused(text, "phone")).toEqual({ code: "csv/no-column", column: "phone" }),
  );

  it.each([
    ["a row that is too short", "a,b\n1,2\n3\n4,5\n", 3, 1],
    ["a row that is too long", "a,b\n1,2,3\n4\n", 2, 3],
    ["lines of all three kinds before it, and in quotes", 'a,b\r\n"1\r\n\r\n2",3\r\n\n4\n', 6, 1],
  ])("csv/bad-row, with the first such line: %s", (_, text, line, fields) =>
    expect(refused(text)).toEqual({ code: "csv/bad-row", line, fields, columns: 2 }),
  );

  it.each([
    ["a quote that is not closed", 'a\n1\n"2\n3\n', 3],
    ["an escaped quote at the end", 'a\n"1""', 2],
    ["a single quote", 'a\n"', 2],
    ["text after a quote", 'a,b\n"1"2,3\n', 2],
    ["a header whose quote is not closed", '"a\n1\n', 1],
    ["one of several fields", 'a,b\n"1"x,"2"\n', 2],
  ])("csv/bad-quotes: %s", (_, text, line) =>
    expect(refused(text)).toEqual({ code: "csv/bad-quotes", line }),
  );

  it("pauses after each 16 KiB", () => {
    let pauses = 0;
    const work = checkTable(utf8(`phone\n${"1234567\n".repeat(40_000)}`));
    while (work.next().done !== true) pauses++;
    expect(pauses).toBe(19);
  });
});
