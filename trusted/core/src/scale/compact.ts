import { CodecError } from "./error.ts";

/**
 * The methods of `Reader` that read compact integers. `Reader` is not imported, because `reader.ts` imports
 * this file to read lengths.
 */
interface Source {
  readonly offset: number;
  u8(): number;
  u24(): number;
  uint(length: number): bigint;
}

/**
 * The methods of `Writer` that write compact integers. `Writer` is not imported, because `writer.ts` imports
 * this file to write lengths.
 */
interface Sink {
  u8(value: number): unknown;
  u16(value: number): unknown;
  u32(value: number): unknown;
  uint(value: bigint, length: number): unknown;
}

/**
 * Reads a SCALE compact integer, a value in [0, 2^536).
 * @throws {@link CodecError} `codec/truncated`; `codec/non-canonical` if fewer bytes suffice for the value
 * @see https://spec.polkadot.network/id-cryptography-encoding#defn-sc-len-encoding
 */
export function readCompact(r: Source): bigint {
  return BigInt(readCompactAny(r));
}

/**
 * Reads a compact integer that must fit a `u32`.
 * @throws {@link CodecError} `codec/out-of-range`, and the errors of {@link readCompact}
 */
export function readCompactU32(r: Source): number {
  const value = readCompactAny(r);
  if (value > 0xffff_ffff) throw new CodecError({ code: "codec/out-of-range", type: "compact u32" });
  return Number(value);
}

/**
 * Like {@link readCompact}, but returns values below 2^30 as numbers. Numbers are cheaper than bigints, and
 * almost all values are below 2^30.
 */
export function readCompactAny(r: Source): number | bigint {
  const offset = r.offset;
  const head = r.u8();
  const upper = head >> 2;
  let value: number | bigint;
  let least: number | bigint; // the smallest value that needs this many bytes
  switch (head & 3) {
    case 0:
      return upper;
    case 1:
      value = upper | (r.u8() << 6);
      least = 1 << 6;
      break;
    case 2:
      value = upper | (r.u24() << 6);
      least = 1 << 14;
      break;
    default: {
      const length = upper + 4;
      value = r.uint(length);
      least = length === 4 ? 1n << 30n : 1n << BigInt(8 * length - 8);
    }
  }
  if (value < least) throw new CodecError({ code: "codec/non-canonical", offset, type: "compact" });
  return value;
}

/**
 * Writes the shortest compact form.
 * @throws {@link CodecError} `codec/out-of-range` for values below 0 and values of 2^536 or more
 */
export function writeCompact(w: Sink, input: bigint | number): void {
  const value = BigInt(input);
  if (value < 0n || value >= 1n << 536n)
    throw new CodecError({ code: "codec/out-of-range", type: "compact" });
  if (value < 1n << 6n) w.u8(Number(value) << 2);
  else if (value < 1n << 14n) w.u16((Number(value) << 2) | 1);
  else if (value < 1n << 30n) w.u32(Number(value) * 4 + 2);
  else {
    const length = Math.max(4, Math.ceil(value.toString(16).length / 2));
    w.u8(((length - 4) << 2) | 3);
    w.uint(value, length);
  }
}
