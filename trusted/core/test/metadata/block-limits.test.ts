import { describe, expect, it } from "vitest";
import { blockLimitsOf, type PalletConstant, type RegistryType } from "../../src/metadata/index.ts";
import { encode, type Writer } from "../../src/scale/index.ts";
import * as t from "./types.ts";

const types: readonly RegistryType[] = [
  t.primitive("u32"),
  t.primitive("u64"),
  t.compact(1),
  t.composite(t.named({ normal: 0, operational: 0, mandatory: 0 })),
  t.composite(t.named({ max: 3 })),
  t.composite(t.named({ ref_time: 2, proof_size: 2 })),
  t.composite(t.named({ base_block: 5, max_block: 5 })),
  t.composite(t.named({ base_block: 1, max_block: 1 })),
  t.sequence(0),
];
const mib = 1 << 20;

const bytes = (write: (w: Writer) => void) => encode(undefined, write);
const length = (...max: readonly number[]): PalletConstant => ({
  type: 4,
  value: bytes((w) => {
    for (const limit of max) w.u32(limit);
  }),
});
const weights = (refTime: bigint): PalletConstant => ({
  type: 6,
  value: bytes((w) => w.compact(7n).compact(7n).compact(refTime).compact(7n)),
});

function limits(BlockLength?: PalletConstant, BlockWeights?: PalletConstant) {
  const constants = new Map(
    Object.entries({ BlockLength, BlockWeights }).flatMap(([name, constant]) =>
      constant === undefined ? [] : [[name, constant] as const],
    ),
  );
  return blockLimitsOf(t.runtime(types, [t.pallet("System", 0, { constants })]));
}

describe("blockLimitsOf", () => {
  it("takes the longest class, and an event for each microsecond of weight", () => {
    const events = 2_000_000 * 128 + 2 * 40_000_000;
    for (const at of [0, 1, 2]) {
      const max = [1, 2, 3].with(at, 40_000_000);
      expect(limits(length(...max), weights(2_000_000_000_000n))).toEqual({
        bodyBytes: 40_000_000,
        extrinsics: 200_000,
        eventsBytes: events,
      });
    }
  });

  it("reads weights of 2021, which are numbers", () => {
    const old = { type: 7, value: bytes((w) => w.u64(1n).u64(2_000_000_000_000n)) };
    expect(limits(undefined, old).eventsBytes).toBe(256_000_000);
  });

  it("allows an extrinsic for each ten microseconds of weight", () =>
    expect(limits(undefined, weights(3_000_000_000_000n)).extrinsics).toBe(300_000));

  it("has lower and upper bounds", () => {
    const least = { bodyBytes: 16 * mib, extrinsics: 200_000, eventsBytes: 64 * mib };
    expect(limits()).toEqual(least);
    expect(limits(length(5_000, 5_000, 5_000), weights(1n))).toEqual(least);
    const most = { bodyBytes: 128 * mib, extrinsics: 400_000, eventsBytes: 512 * mib };
    expect(limits(length(0xffff_ffff, 0, 0), weights(2n ** 64n - 1n))).toEqual(most);
  });

  it("ignores limits of another format", () => {
    const cut = { ...length(1, 2, 3), value: Uint8Array.of(1) };
    expect(limits(cut, { type: 8, value: Uint8Array.of(0) })).toEqual(limits());
    expect(limits({ type: 99, value: Uint8Array.of() }, { type: 4, value: length(1, 2, 3).value })).toEqual(
      limits(),
    );
  });
});
