import { describe, expect, it } from "vitest";
import { decodePem } from "../../src/asn1/index.ts";
import { toBase64 } from "../../src/bytes/index.ts";
import { codeOf } from "../support/code.ts";

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (7 * i) & 255);
const block = (of: Uint8Array, width = 64) =>
  `-----BEGIN X-----\n${toBase64(of).replace(new RegExp(`.{${width}}(?=.)`, "g"), "$&\n")}\n-----END X-----`;
const decode = (text: string) => decodePem("X", text);
const refused = (text: string) => codeOf(() => decode(text));

describe("decodePem", () => {
  it("reads blocks of both widths, with or without a last newline", () => {
    for (const length of [1, 47, 48, 49, 96, 200, 1000]) {
      expect(decode(block(bytes(length)))).toEqual([bytes(length)]);
      expect(decode(`${block(bytes(length), 76)}\n`)).toEqual([bytes(length)]);
    }
    expect(decode(`${block(bytes(50))}\n${block(bytes(60), 76)}\n`)).toEqual([bytes(50), bytes(60)]);
  });

  it("accepts no text that differs in one bit and has the same content", () => {
    const text = `${block(bytes(150))}\n${block(bytes(61))}\n`;
    const meaning = JSON.stringify(decode(text).map((part) => [...part]));
    for (let i = 0; i < text.length; i++)
      for (let bit = 1; bit < 256; bit <<= 1) {
        const other = text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ bit) + text.slice(i + 1);
        try {
          expect(JSON.stringify(decode(other).map((part) => [...part]))).not.toBe(meaning);
        } catch (error) {
          expect((error as { code?: string }).code).toBe("asn1/bad-pem");
        }
      }
  });

  it.each([
    ["nothing", ""],
    ["text before", ` ${block(bytes(50))}`],
    ["text after", `${block(bytes(50))}\n `],
    ["a NUL after", `${block(bytes(50))}\n\0`],
    ["two newlines at the end", `${block(bytes(50))}\n\n`],
    ["an empty line between", `${block(bytes(50))}\n\n${block(bytes(50))}`],
    ["nothing between", `${block(bytes(50))}${block(bytes(50))}`],
    ["carriage returns", block(bytes(50)).replaceAll("\n", "\r\n")],
    ["another label", block(bytes(50)).replaceAll("X", "Y")],
    ["another label at the end", block(bytes(50)).replace("END X", "END Y")],
    ["a header", block(bytes(50)).replace("\n", "\nProc-Type: 4\n\n")],
    ["lines of another width", block(bytes(150), 60)],
    ["a longer last line", block(bytes(150)).replace(/\n(?=[^\n]*\n-----END)/, "")],
    ["a shorter line in the middle", block(bytes(150)).replace(/(.)\n(.)(?=.{63}\n)/, "\n$1$2")],
    ["no content", "-----BEGIN X-----\n\n-----END X-----"],
    ["no padding", block(bytes(50)).replace("=", "")],
    ["no end", "-----BEGIN X-----\nAAAA\n"],
    ["too many blocks", Array.from({ length: 9 }, () => block(bytes(3))).join("\n")],
  ])("refuses %s", (_, text) => {
    expect(refused(text)).toBe("asn1/bad-pem");
  });
});
