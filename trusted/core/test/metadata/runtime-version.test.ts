import { describe, expect, it } from "vitest";
import { followedSystemVersion, systemVersionOf } from "../../src/metadata/index.ts";
import { codeOf } from "../support/code.ts";
import * as t from "./types.ts";

const types = [
  t.primitive("u8"),
  t.composite(t.named({ spec_version: 0, system_version: 0 })),
  t.composite(t.named({ spec_version: 0, state_version: 0 })),
  t.composite(t.named({ spec_version: 0, other: 0 })),
];

function version(type: number | undefined, own = 2): number {
  const constant = type === undefined ? [] : [["Version", { type, value: Uint8Array.of(9, own) }] as const];
  return systemVersionOf(t.runtime(types, [t.pallet("System", 0, { constants: new Map(constant) })]));
}

describe("systemVersionOf", () => {
  it("returns the field of the runtime's version, under its current name and its name before 2024", () => {
    expect([version(1), version(2)]).toEqual([2, 2]);
  });

  it("returns 0 for runtimes without the field", () => {
    expect([version(3), version(undefined)]).toEqual([0, 0]);
  });

  it("metadata/unknown-system-version: refuses a version with unknown rules", () => {
    expect(version(1, followedSystemVersion)).toBe(followedSystemVersion);
    for (const type of [1, 2])
      for (const own of [followedSystemVersion + 1, 7, 255])
        expect(codeOf(() => version(type, own))).toBe("metadata/unknown-system-version");
  });
});
