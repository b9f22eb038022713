/** The stored form of values: SCALE. */
import type { Reader, Writer } from "@pruntime/core/scale";

/** Reads and writes one type of value. */
export interface Codec<T> {
  /** @throws CodecError */
  readonly read: (r: Reader) => T;
  readonly write: (w: Writer, value: T) => void;
}

/** Four bytes, little-endian. */
export const u32: Codec<number> = { read: (r) => r.u32(), write: (w, value) => w.u32(value) };

/** Sixteen bytes, little-endian. */
export const u128: Codec<bigint> = { read: (r) => r.u128(), write: (w, value) => w.u128(value) };

/** An account id: 32 bytes. */
export const account: Codec<Uint8Array> = { read: (r) => r.take(32), write: (w, id) => w.raw(id) };
