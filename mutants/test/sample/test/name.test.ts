import { expect, it } from "vitest";
import { oneWord } from "../src/gate.ts";

it("accepts one word", () => {
  expect(oneWord("Eve")).toBe("Eve");
  expect(() => oneWord("Eve A.")).toThrow("two words");
});
