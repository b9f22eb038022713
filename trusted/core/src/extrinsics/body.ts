/** A block's body by itself, as a relay brings it to a worker that needs it. */
import { decodeAll, encode, type Reader } from "../scale/index.ts";

/** A block's extrinsics. */
export interface Body {
  /** The block's number. */
  readonly number: number;
  /** Each with its compact length in front, as it stands in the block. */
  readonly extrinsics: readonly Uint8Array[];
}

/** Reads `number u32 LE ‖ Vec<extrinsic>`. Extrinsics are views of the input. @throws CodecError */
export function decodeBody(bytes: Uint8Array): Body {
  return decodeAll(bytes, (r) => ({ number: r.u32(), extrinsics: readExtrinsics(r) }));
}

/** As {@link decodeBody} reads it. */
export function encodeBody(body: Body): Uint8Array {
  return encode(body, (w, { number, extrinsics }) =>
    w.u32(number).vec(extrinsics, (w, extrinsic) => w.raw(extrinsic)),
  );
}

/** Reads `Vec<extrinsic>`, each as its bytes with its compact length in front, a view. @throws CodecError */
export function readExtrinsics(r: Reader): Uint8Array[] {
  return r.vec(leastExtrinsicBytes, () => {
    const start = r.offset;
    r.vecU8();
    return r.bytes.subarray(start, r.offset);
  });
}

/** Length, version, pallet, call: no chain has a shorter extrinsic. */
const leastExtrinsicBytes = 4;
