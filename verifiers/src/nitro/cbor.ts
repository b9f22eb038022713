/**
 * The part of CBOR (RFC 8949) that Nitro documents use: integers, byte strings, text strings, arrays, maps,
 * null and booleans, in their shortest form. The reader consumes every byte and bounds the depth. Only maps
 * may have indefinite length, because NitroTPM writes such maps.
 */
import { fromUtf8 } from "@pruntime/core/bytes";
import { decodeAll, type Reader } from "@pruntime/core/scale";
import { NitroError } from "./error.ts";

/** A decoded CBOR value. */
export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | CborMap;
/** A map with its entries in the order of the document. */
export type CborMap = ReadonlyMap<number | string, Cbor>;

/**
 * How deeply CBOR values may be nested.
 * @limit levels
 * @source chosen: genuine documents nest fewer
 * @past `nitro/bad-cbor`
 */
const maxDepth = 4;

/**
 * Reads one value and refuses trailing bytes.
 * @throws {@link NitroError} `nitro/bad-cbor`; CodecError, BytesError
 */
export function decodeCbor(bytes: Uint8Array): Cbor {
  return decodeAll(bytes, (r) => readValue(r, 0));
}

function readValue(r: Reader, depth: number): Cbor {
  const offset = r.offset;
  const head = r.u8();
  const [major, info] = [head >> 5, head & 31];
  if (depth > maxDepth) throw bad(offset);
  if (major === 7) return readSimple(info, offset);
  if (head === 0xbf) return readOpenMap(r, depth);
  const value = readArgument(r, info, offset);
  switch (major) {
    case 0:
      return value;
    case 1:
      return -1 - value;
    case 2:
      return r.take(value);
    case 3:
      return fromUtf8(r.take(value));
    case 4:
      return readArray(r, value, depth, offset);
    case 5:
      return readMap(r, value, depth, offset);
    default:
      throw bad(offset); // tags
  }
}

function readSimple(info: number, offset: number): Cbor {
  if (info === 20 || info === 21) return info === 21;
  if (info !== 22) throw bad(offset);
  return null;
}

/** The smallest numbers that need 1, 2, 4 and 8 bytes after the first byte. */
const least = [24, 0x100, 0x1_0000, 0x1_0000_0000];

function readArgument(r: Reader, info: number, offset: number): number {
  if (info < 24) return info;
  if (info > 27) throw bad(offset);
  let value = 0;
  for (let i = 0; i < 1 << (info - 24); i++) value = value * 256 + r.u8();
  if (value < (least[info - 24] as number) || !Number.isSafeInteger(value)) throw bad(offset);
  return value;
}

function readArray(r: Reader, length: number, depth: number, offset: number): readonly Cbor[] {
  if (length > r.left) throw bad(offset);
  return Array.from({ length }, () => readValue(r, depth + 1));
}

function readMap(r: Reader, length: number, depth: number, offset: number): CborMap {
  if (length > r.left) throw bad(offset);
  const map = new Map<number | string, Cbor>();
  for (let i = 0; i < length; i++) readEntry(r, map, depth);
  return map;
}

function readOpenMap(r: Reader, depth: number): CborMap {
  const map = new Map<number | string, Cbor>();
  while (r.bytes[r.offset] !== 0xff) readEntry(r, map, depth);
  r.skip(1);
  return map;
}

function readEntry(r: Reader, map: Map<number | string, Cbor>, depth: number): void {
  const offset = r.offset;
  const key = readValue(r, depth + 1);
  if ((typeof key !== "number" && typeof key !== "string") || map.has(key)) throw bad(offset);
  map.set(key, readValue(r, depth + 1));
}

function bad(offset: number): NitroError {
  return new NitroError({ code: "nitro/bad-cbor", offset });
}
