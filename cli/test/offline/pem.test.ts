import { toBase64 } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../trusted/core/test/support/code.ts";
import { readPem } from "../../src/offline/pem.ts";

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (7 * i) & 255);
const block = (of: Uint8Array, width = 64) =>
  `-----BEGIN X-----\n${toBase64(of).replace(new RegExp(`.{${width}}(?=.)`, "g"), "$&\n")}\n-----END X-----`;
const decode = (text: string) => readPem("X", text);
const refused = (text: string) => codeOf(() => decode(text));

describe("readPem", () => {
  it("reads blocks of any width, with or without a newline at the end", () => {
    for (const length of [1, 47, 48, 49, 96, 200, 1000])
      for (const width of [1, 60, 64, 76, 2000]) {
        expect(decode(block(bytes(length), width))).toEqual([bytes(length)]);
        expect(decode(`${block(bytes(length), width)}\n`)).toEqual([bytes(length)]);
      }
    expect(decode(`${block(bytes(50))}\n${block(bytes(60), 76)}\n`)).toEqual([bytes(50), bytes(60)]);
  });

  const two = `${block(bytes(150))}\n${block(bytes(61))}\n`;

  it.each([
    ["text before, between and after", two.replaceAll("-----BEGIN", "# one\n-----BEGIN").concat("end")],
    ["blank lines", two.replaceAll("\n", "\n\n")],
    ["carriage returns and newlines", two.replaceAll("\n", "\r\n")],
    ["carriage returns", two.replaceAll("\n", "\r")],
    ["white space at the end of lines", two.replaceAll("\n", " \t\v\f\n")],
    ["white space within the base64", two.replaceAll(/^([^-].)/gm, " $1 ")],
    ["lines of unequal width", two.replaceAll(/^([^-].{9})/gm, "$1\n")],
    ["a block of another label", `${block(bytes(9)).replaceAll("X", "Y")}\n${two}`],
    ["a mark inside a line of text", `see -----BEGIN X-----\n${two}`],
  ])("accepts %s", (_, text) => {
    expect(decode(text)).toEqual([bytes(150), bytes(61)]);
  });

  it("reads the same bytes, or refuses, if one bit outside the base64 is flipped", () => {
    const meaning = decode(two).map(String);
    for (let i = 0; i < two.length; i++)
      for (let bit = 1; bit < 256; bit <<= 1) {
        const other = two.slice(0, i) + String.fromCharCode(two.charCodeAt(i) ^ bit) + two.slice(i + 1);
        if (/[A-Za-z0-9+/]/.test(other[i] as string)) continue; // different base64 encodes different bytes
        const found = codeOf(() => expect(decode(other).map(String)).toEqual(meaning));
        expect(["accepted", "asn1/bad-pem"]).toContain(found);
      }
  });

  it.each([
    ["nothing", ""],
    ["text alone", "no block is here\n"],
    ["nothing between", `${block(bytes(50))}${block(bytes(50))}`],
    ["another label", block(bytes(50)).replaceAll("X", "Y")],
    ["another label at the end", block(bytes(50)).replace("END X", "END Y")],
    ["another label at the beginning", block(bytes(50)).replace("BEGIN X", "BEGIN Y")],
    ["an end before the beginning", `-----END X-----\n${block(bytes(50))}`],
    ["two beginnings", `-----BEGIN X-----\n${block(bytes(50))}`],
    ["a header", block(bytes(50)).replace("\n", "\nProc-Type: 4\n\n")],
    ["no content", "-----BEGIN X-----\n\n-----END X-----"],
    ["no padding", block(bytes(50)).replace("=", "")],
    ["characters within the padding", block(bytes(50)).replace("=", "=A")],
    ["no end", "-----BEGIN X-----\nAAAA\n"],
    ["no end of the second block", `${block(bytes(3))}\n-----BEGIN X-----\nAAAA\n`],
    ["too many blocks", Array.from({ length: 9 }, () => block(bytes(3))).join("\n")],
  ])("refuses %s", (_, text) => {
    expect(refused(text)).toBe("asn1/bad-pem");
  });
});
