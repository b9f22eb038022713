import { expect, it } from "vitest";
import { pauseMsAfter } from "../src/enclave/back-off.ts";

it("doubles the pause after each failure, up to the limit", () => {
  const backOff = { minMs: 200, maxMs: 30_000 };
  const pauses = [0, 1, 2, 7, 8, 9, 5_000].map((failures) => pauseMsAfter(failures, backOff));
  expect(pauses).toEqual([200, 400, 800, 25_600, 30_000, 30_000, 30_000]);
});
