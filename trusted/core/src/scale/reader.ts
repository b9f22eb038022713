import { bytesPerUnit, type Work } from "../work/index.ts";
import { readCompactAny } from "./compact.ts";
import { CodecError } from "./error.ts";

/**
 * A bounds-checked cursor over untrusted bytes. Offsets are relative to the start of `bytes`, even if `bytes`
 * is a subarray. Byte strings that the reader returns are views of the input, not copies.
 */
export class Reader {
  readonly bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** How many bytes have been read. */
  get offset(): number {
    return this.#offset;
  }

  /** How many bytes have not been read yet. */
  get left(): number {
    return this.bytes.length - this.#offset;
  }

  /**
   * Returns the next `length` bytes as a view.
   * @throws {@link CodecError} `codec/truncated`
   */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.bytes.subarray(start, start + length);
  }

  /**
   * Skips `length` bytes.
   * @throws {@link CodecError} `codec/truncated`; `codec/out-of-range` if `length` is negative or not a
   * safe integer
   */
  skip(length: number): void {
    if (!Number.isSafeInteger(length) || length < 0)
      throw new CodecError({ code: "codec/out-of-range", type: "length" });
    this.#advance(length);
  }

  u8(): number {
    return this.bytes[this.#advance(1)] as number;
  }

  u16(): number {
    const at = this.#advance(2);
    return (this.bytes[at] as number) | ((this.bytes[at + 1] as number) << 8);
  }

  /** Reads an unsigned little-endian integer of three bytes, which is part of a four-byte compact integer. */
  u24(): number {
    const at = this.#advance(3);
    return (
      (this.bytes[at] as number) |
      ((this.bytes[at + 1] as number) << 8) |
      ((this.bytes[at + 2] as number) << 16)
    );
  }

  u32(): number {
    return u32At(this.bytes, this.#advance(4));
  }

  u64(): bigint {
    return this.#u64At(this.#advance(8));
  }

  u128(): bigint {
    const at = this.#advance(16);
    return this.#u64At(at) | (this.#u64At(at + 8) << 64n);
  }

  /** Reads an unsigned little-endian integer of `length` bytes. */
  uint(length: number): bigint {
    const at = this.#advance(length);
    let value = 0n;
    for (let i = at + length - 1; i >= at; i--) value = (value << 8n) | BigInt(this.bytes[i] as number);
    return value;
  }

  /**
   * Reads one byte, 0 or 1.
   * @throws {@link CodecError} `codec/bad-tag` for any other byte
   */
  bool(): boolean {
    const offset = this.#offset;
    const tag = this.u8();
    if (tag > 1) throw new CodecError({ code: "codec/bad-tag", offset, type: "bool", tag });
    return tag === 1;
  }

  /** Makes the error for a tag that `type` does not have. The tag must be the byte that was read last. */
  badTag(type: string, tag: number): CodecError {
    return new CodecError({ code: "codec/bad-tag", offset: this.#offset - 1, type, tag });
  }

  /**
   * Reads the element count of a vector whose elements take at least `leastBytes` each. Refuses a
   * count above `limit`, or of more elements than the rest of the input can contain, before any allocation.
   * @throws {@link CodecError} `codec/too-long`, and the errors of a compact integer
   */
  count(leastBytes: number, limit = 0xffff_ffff): number {
    const offset = this.#offset;
    const length = readCompactAny(this);
    const room = leastBytes === 0 ? limit : Math.min(limit, Math.floor(this.left / leastBytes));
    if (length > room)
      throw new CodecError({ code: "codec/too-long", offset, length: BigInt(length), limit: room });
    return Number(length);
  }

  /** Reads a `Vec<u8>`: a compact length and that many bytes, returned as a view. */
  vecU8(limit = 0xffff_ffff): Uint8Array {
    return this.take(this.count(1, limit));
  }

  /** Reads a `Vec<T>` whose elements take at least `leastBytes` each. */
  vec<T>(leastBytes: number, read: (r: Reader) => T, limit?: number): T[] {
    const length = this.count(leastBytes, limit);
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(read(this));
    return items;
  }

  /** Reads an `Option<T>`. Returns `undefined` for `None`. */
  option<T>(read: (r: Reader) => T): T | undefined {
    return this.#optionTag() ? read(this) : undefined;
  }

  #optionTag(): boolean {
    const tag = this.u8();
    if (tag > 1) throw this.badTag("Option", tag);
    return tag === 1;
  }

  /** Skips `length` bytes and returns the offset where they start. */
  #advance(length: number): number {
    const start = this.#offset;
    if (length > this.bytes.length - start)
      throw new CodecError({ code: "codec/truncated", offset: start, need: length, have: this.left });
    this.#offset = start + length;
    return start;
  }

  #u64At(at: number): bigint {
    const [low, high] = [u32At(this.bytes, at), u32At(this.bytes, at + 4)];
    return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
  }

  /**
   * Checks that the whole input was read. Every top-level decoder ends with this call.
   * @throws {@link CodecError} `codec/trailing`
   */
  end(): void {
    if (this.left > 0)
      throw new CodecError({ code: "codec/trailing", offset: this.#offset, extra: this.left });
  }
}

/**
 * Reads a `Vec<T>` as {@link Reader.vec} does, in units. `read` also gets the element's index, and the number
 * of elements.
 */
export function* readVecWork<T>(
  r: Reader,
  leastBytes: number,
  read: (r: Reader, index: number, count: number) => T,
  limit?: number,
): Work<T[]> {
  const length = r.count(leastBytes, limit);
  const items: T[] = [];
  let pauseAt = r.offset + bytesPerUnit;
  while (items.length < length) {
    items.push(read(r, items.length, length));
    if (r.offset < pauseAt) continue;
    yield;
    pauseAt = r.offset + bytesPerUnit;
  }
  return items;
}

/**
 * Decodes one value that takes up all of `bytes`.
 * @throws {@link CodecError} `codec/trailing`, and what `read` throws
 */
export function decodeAll<T>(bytes: Uint8Array, read: (r: Reader) => T): T {
  const r = new Reader(bytes);
  const value = read(r);
  r.end();
  return value;
}

/**
 * The little-endian `u32` at an offset. The caller makes sure that `bytes` has four bytes from that offset
 * on.
 */
export function u32At(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
  return (low | ((bytes[at + 3] as number) << 24)) >>> 0;
}
