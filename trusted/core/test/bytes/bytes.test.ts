import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare, concat, equal } from "../../src/bytes/index.ts";

describe("concat", () => {
  it("joins in order and owns the result", () => {
    const part = Uint8Array.of(1, 2);
    const joined = concat(part, new Uint8Array(), Uint8Array.of(3));
    part.fill(9);
    expect(joined).toEqual(Uint8Array.of(1, 2, 3));
    expect(concat()).toEqual(new Uint8Array());
  });

  it("reads offset views correctly", () =>
    expect(concat(Uint8Array.of(9, 1, 2, 9).subarray(1, 3), Uint8Array.of(3))).toEqual(
      Uint8Array.of(1, 2, 3),
    ));
});

describe("equal", () => {
  it.each([
    [[], [], true],
    [[1, 2], [1, 2], true],
    [[1, 2], [1, 3], false],
    [[1, 2], [1], false],
    [[1], [1, 2], false],
    [[], [0], false],
  ])("%j and %j: %s", (a, b, same) => expect(equal(Uint8Array.from(a), Uint8Array.from(b))).toBe(same));
});

describe("compare", () => {
  it.each([
    [[], [], 0],
    [[1], [1], 0],
    [[], [0], -1],
    [[1, 2], [1], 1],
    [[255], [1, 255], 1],
    [[1, 0], [1, 1], -1],
  ])("%j and %j: %i", (a, b, sign) =>
    expect(Math.sign(compare(Uint8Array.from(a), Uint8Array.from(b)))).toBe(sign),
  );

  it("orders bytes like their hex text", () => {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 6 }), (a, b) => {
        const text = hex(a) < hex(b) ? -1 : hex(a) > hex(b) ? 1 : 0;
        expect(Math.sign(compare(a, b))).toBe(text);
        expect(equal(a, b)).toBe(text === 0);
      }),
    );
  });
});
