/** Readers of primitives, compact integers and bit sequences. */
import { fromUtf8 } from "../bytes/index.ts";
import { CodecError, type Reader, readCompact, readCompactU32 } from "../scale/index.ts";
import type { Primitive } from "./registry.ts";
import type { BitSequence } from "./value.ts";

type PrimitiveValue = boolean | string | number | bigint;

/** The SCALE readers of integers, booleans, characters and text, by the name of the primitive. */
export const primitiveReaders: Readonly<Record<Primitive, (r: Reader) => PrimitiveValue>> = {
  bool: (r) => r.bool(),
  char: readChar,
  str: (r) => fromUtf8(r.vecU8()),
  u8: (r) => r.u8(),
  u16: (r) => r.u16(),
  u32: (r) => r.u32(),
  u64: (r) => r.u64(),
  u128: (r) => r.u128(),
  u256: (r) => r.uint(32),
  i8: (r) => (r.u8() << 24) >> 24,
  i16: (r) => (r.u16() << 16) >> 16,
  i32: (r) => r.u32() | 0,
  i64: (r) => BigInt.asIntN(64, r.u64()),
  i128: (r) => BigInt.asIntN(128, r.u128()),
  i256: (r) => BigInt.asIntN(256, r.uint(32)),
};

/**
 * Reads a Unicode scalar value.
 * @throws {@link CodecError} `codec/out-of-range`
 */
function readChar(r: Reader): string {
  const point = r.u32();
  if (point > 0x10_ffff || (point >= 0xd800 && point <= 0xdfff))
    throw new CodecError({ code: "codec/out-of-range", type: "char" });
  return String.fromCodePoint(point);
}

/** The reader of a primitive's compact form. `undefined` for a primitive without a compact form. */
export function compactReader(primitive: Primitive): ((r: Reader) => number | bigint) | undefined {
  switch (primitive) {
    case "u8":
    case "u16": {
      const limit = primitive === "u8" ? 0xff : 0xffff;
      return (r) => {
        const value = readCompactU32(r);
        if (value > limit) throw outOfRange(primitive);
        return value;
      };
    }
    case "u32":
      return readCompactU32;
    case "u64":
    case "u128": {
      const bits = primitive === "u64" ? 64n : 128n;
      return (r) => {
        const value = readCompact(r);
        if (value >> bits !== 0n) throw outOfRange(primitive);
        return value;
      };
    }
    default:
      return undefined;
  }
}

function outOfRange(primitive: Primitive): CodecError {
  return new CodecError({ code: "codec/out-of-range", type: `compact ${primitive}` });
}

/**
 * Makes a reader of bits that are stored in elements of `storeBytes` bytes. Each element is filled from its
 * least significant bit if `leastFirst` is set, and otherwise from its most significant bit.
 * @returns a reader that throws {@link CodecError} `codec/out-of-range` or `codec/truncated`, and
 * `codec/non-canonical` when bits beyond the length are set
 */
export function bitSequenceReader(storeBytes: number, leastFirst: boolean): (r: Reader) => BitSequence {
  return (r) => {
    const offset = r.offset;
    const length = readCompactU32(r);
    const bytes = r.take(Math.ceil(length / (8 * storeBytes)) * storeBytes);
    const spare = 8 * bytes.length - length; // fewer bits than one element has
    if (spare > 0) {
      let last = 0n;
      for (let i = 0; i < storeBytes; i++)
        last = (last << 8n) | BigInt(bytes[bytes.length - 1 - i] as number);
      const unused = leastFirst
        ? last >> BigInt(8 * storeBytes - spare)
        : last & ((1n << BigInt(spare)) - 1n);
      if (unused !== 0n) throw new CodecError({ code: "codec/non-canonical", offset, type: "BitSequence" });
    }
    return { length, bytes };
  };
}
