/** The ranges of integers, and their two JSON forms: a number for up to 32 bits, decimal text for more. */
import { JsonError, type JsonReader, jsonReader } from "@pruntime/core/json";
import type { LargeInteger, SmallInteger } from "./schema.ts";

/** The smallest and the largest value of an integer type. */
interface Range<T extends number | bigint> {
  readonly least: T;
  readonly most: T;
}

const smallRanges: Readonly<Record<SmallInteger, Range<number>>> = {
  u8: { least: 0, most: 0xff },
  u16: { least: 0, most: 0xffff },
  u32: { least: 0, most: 0xffff_ffff },
  i8: { least: -0x80, most: 0x7f },
  i16: { least: -0x8000, most: 0x7fff },
  i32: { least: -0x8000_0000, most: 0x7fff_ffff },
};

const largeRanges: Readonly<Record<LargeInteger, Range<bigint>>> = {
  u64: { least: 0n, most: (1n << 64n) - 1n },
  u128: { least: 0n, most: (1n << 128n) - 1n },
  i64: { least: -(1n << 63n), most: (1n << 63n) - 1n },
  i128: { least: -(1n << 127n), most: (1n << 127n) - 1n },
};

/** An integer in decimal without leading zeros. The largest `u128` has 39 digits. */
const decimal = /^(?:0|-?[1-9][0-9]{0,38})$/;

/** Returns a reader of JSON numbers in the range of `integer`. */
export function smallReader(integer: SmallInteger): JsonReader<number> {
  const { least, most } = smallRanges[integer];
  return jsonReader({ type: "integer", minimum: least, maximum: most }, (value, at) => {
    if (typeof value !== "number" && typeof value !== "bigint")
      throw new JsonError({ code: "json/wrong-type", at, want: integer });
    return Number(checkInteger(integer, value, at));
  });
}

/** Returns a reader of decimal text in the range of `integer`. */
export function decimalReader(integer: SmallInteger | LargeInteger): JsonReader<bigint> {
  return jsonReader({ type: "string", pattern: decimal.source }, (value, at) => {
    if (typeof value !== "string")
      throw new JsonError({ code: "json/wrong-type", at, want: "decimal string" });
    if (!decimal.test(value)) throw new JsonError({ code: "json/out-of-range", at, want: integer });
    return checkInteger(integer, BigInt(value), at);
  });
}

/** Returns the value if it is whole and in the range of `integer`. @throws JsonError */
export function checkInteger<T extends number | bigint>(
  integer: SmallInteger | LargeInteger,
  value: T,
  at: string,
): T {
  const { least, most } = rangeOf(integer);
  const isWhole = typeof value === "bigint" || Number.isInteger(value);
  if (!isWhole || value < least || value > most)
    throw new JsonError({ code: "json/out-of-range", at, want: integer });
  return value;
}

function rangeOf(integer: SmallInteger | LargeInteger): Range<number | bigint> {
  return integer in smallRanges ? smallRanges[integer as SmallInteger] : largeRanges[integer as LargeInteger];
}
