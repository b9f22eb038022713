import { writeCompact } from "./compact.ts";
import { CodecError } from "./error.ts";

/**
 * Builds a SCALE encoding from front to back in a buffer that grows as needed. Every method returns the
 * writer, except for `finish`.
 */
export class Writer {
  #buffer = new Uint8Array(64);
  #length = 0;

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  u8(value: number): this {
    return this.#small(value, 1);
  }

  u16(value: number): this {
    return this.#small(value, 2);
  }

  u32(value: number): this {
    return this.#small(value, 4);
  }

  u64(value: bigint): this {
    return this.uint(value, 8);
  }

  u128(value: bigint): this {
    return this.uint(value, 16);
  }

  /**
   * Writes an unsigned little-endian integer of exactly `length` bytes.
   * @throws {@link CodecError} `codec/out-of-range`
   */
  uint(value: bigint, length: number): this {
    // the shift turns a negative value into −1 or less, never into 0
    if (value >> BigInt(8 * length) !== 0n)
      throw new CodecError({ code: "codec/out-of-range", type: `u${8 * length}` });
    this.#reserve(length);
    let rest = value;
    for (let i = 0; i < length; i++, rest >>= 8n) this.#buffer[this.#length++] = Number(rest & 0xffn);
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  compact(value: bigint | number): this {
    writeCompact(this, value);
    return this;
  }

  /** Writes a `Vec<u8>`. */
  vecU8(bytes: Uint8Array): this {
    return this.compact(bytes.length).raw(bytes);
  }

  /** Writes a `Vec<T>`. */
  vec<T>(items: readonly T[], write: (w: Writer, item: T) => void): this {
    this.compact(items.length);
    for (const item of items) write(this, item);
    return this;
  }

  /** Writes an `Option<T>`. Writes `None` for `undefined`. */
  option<T>(value: T | undefined, write: (w: Writer, value: T) => void): this {
    this.u8(value === undefined ? 0 : 1);
    if (value !== undefined) write(this, value);
    return this;
  }

  /** Returns a copy of the bytes written so far. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #small(value: number, length: number): this {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * length))
      throw new CodecError({ code: "codec/out-of-range", type: `u${8 * length}` });
    this.#reserve(length);
    for (let i = 0; i < length; i++) this.#buffer[this.#length++] = (value >>> (8 * i)) & 0xff;
    return this;
  }

  #reserve(extra: number): void {
    const need = this.#length + extra;
    if (need <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(need, 2 * this.#buffer.length));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

/** The SCALE bytes of one value, as `write` produces them in a new {@link Writer}. */
export function encode<T>(value: T, write: (w: Writer, value: T) => void): Uint8Array {
  const w = new Writer();
  write(w, value);
  return w.finish();
}
