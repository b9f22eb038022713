import { describe, expect, it } from "vitest";
import { visibleText } from "../../src/bytes/index.ts";

/** Every character that can control a terminal or reorder the text around it. */
const invisible = [
  ...Array.from({ length: 0x20 }, (_, i) => i),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  ...[0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e],
  ...[0x2066, 0x2067, 0x2068, 0x2069],
];

describe("visibleText", () => {
  it("changes these characters of the Basic Multilingual Plane, and no others", () => {
    const changed = Array.from({ length: 0x1_0000 }, (_, code) => code).filter((code) => {
      const char = String.fromCharCode(code);
      return visibleText(char) !== char;
    });
    expect(changed).toEqual(invisible);
  });

  it("writes their code in four hex digits", () =>
    expect(visibleText("a\u001b[31mb\u009b\u202e\nc")).toBe("a\\u001b[31mb\\u009b\\u202e\\u000ac"));

  it("leaves JSON text the JSON of the same value", () => {
    const value = { [String.fromCharCode(...invisible)]: String.fromCharCode(...invisible), emoji: "😀é" };
    const shown = visibleText(JSON.stringify(value));
    expect(JSON.parse(shown)).toEqual(value);
    expect(visibleText(shown)).toBe(shown);
  });
});
