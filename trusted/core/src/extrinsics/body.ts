/** Block bodies without headers, in the form in which a relay sends them to a worker. */
import { decodeAll, encode, Reader } from "../scale/index.ts";

/** The number and the extrinsics of a block. */
export interface Body {
  /** The block's number. */
  readonly number: number;
  /** The extrinsics, each starting with its compact length, as in the block. */
  readonly extrinsics: readonly Uint8Array[];
}

/**
 * Decodes `number u32 LE ‖ Vec<extrinsic>`. Extrinsics are views of the input.
 * @param limit the maximum number of extrinsics
 * @throws CodecError
 */
export function decodeBody(bytes: Uint8Array, limit?: number): Body {
  return decodeAll(bytes, (r) => ({ number: r.u32(), extrinsics: readExtrinsics(r, limit) }));
}

/** Reads the block's number at the start of a body, and nothing else. @throws CodecError */
export function decodeBodyNumber(bytes: Uint8Array): number {
  return new Reader(bytes).u32();
}

/**
 * The SCALE bytes that {@link decodeBody} reads.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeBody(body: Body): Uint8Array {
  return encode(body, (w, { number, extrinsics }) =>
    w.u32(number).vec(extrinsics, (w, extrinsic) => w.raw(extrinsic)),
  );
}

/**
 * Reads a `Vec<extrinsic>`. Each extrinsic is a view of the input and starts with its compact length.
 * @param limit the maximum number of extrinsics
 * @throws CodecError
 */
export function readExtrinsics(r: Reader, limit?: number): Uint8Array[] {
  const read = (): Uint8Array => {
    const start = r.offset;
    r.vecU8();
    return r.bytes.subarray(start, r.offset);
  };
  return r.vec(leastExtrinsicBytes, read, limit);
}

/** The shortest extrinsic of any chain, in bytes: length, version, pallet, call. */
const leastExtrinsicBytes = 4;
