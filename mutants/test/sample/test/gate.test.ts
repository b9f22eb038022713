import { expect, it } from "vitest";
import { hasSpace, pass } from "../src/gate.ts";

it("refuses a person who is too young", () => {
  expect(pass(18, "Ann")).toBe("Ann");
  expect(() => pass(17, "Bob")).toThrow("too young");
});

it("finds a space", () => {
  expect(hasSpace("Ann")).toBe(false);
});
