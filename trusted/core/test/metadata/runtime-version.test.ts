import { describe, expect, it } from "vitest";
import { systemVersionOf } from "../../src/metadata/index.ts";
import * as t from "./types.ts";

const types = [
  t.primitive("u8"),
  t.composite(t.named({ spec_version: 0, system_version: 0 })),
  t.composite(t.named({ spec_version: 0, state_version: 0 })),
  t.composite(t.named({ spec_version: 0, other: 0 })),
];

function version(type: number | undefined): number {
  const constant = type === undefined ? [] : [["Version", { type, value: Uint8Array.of(9, 2) }] as const];
  return systemVersionOf(t.runtime(types, [t.pallet("System", 0, { constants: new Map(constant) })]));
}

describe("systemVersionOf", () => {
  it("returns the field of the runtime's version, under its current name and its name before 2024", () => {
    expect([version(1), version(2)]).toEqual([2, 2]);
  });

  it("returns 0 for runtimes without the field", () => {
    expect([version(3), version(undefined)]).toEqual([0, 0]);
  });
});
