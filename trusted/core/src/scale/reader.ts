import { readCompact } from "./compact.ts";
import { CodecError } from "./error.ts";

/**
 * A bounds-checked cursor over bytes nobody vouches for. It keeps the view it was given: offsets of a subarray are its own.
 * Byte strings it returns are views of the input, not copies.
 */
export class Reader {
  readonly bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.bytes.length - this.#offset;
  }

  /** The next `length` bytes, as a view. @throws {@link CodecError} `codec/truncated` */
  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.bytes.length)
      throw new CodecError({ code: "codec/truncated", offset: this.#offset, need: length, have: this.left });
    const view = this.bytes.subarray(this.#offset, end);
    this.#offset = end;
    return view;
  }

  u8(): number {
    if (this.#offset >= this.bytes.length)
      throw new CodecError({ code: "codec/truncated", offset: this.#offset, need: 1, have: 0 });
    return this.bytes[this.#offset++] as number;
  }

  u16(): number {
    const b = this.take(2);
    return (b[0] as number) | ((b[1] as number) << 8);
  }

  u32(): number {
    const b = this.take(4);
    return ((b[0] as number) | ((b[1] as number) << 8) | ((b[2] as number) << 16) | ((b[3] as number) << 24)) >>> 0;
  }

  u64(): bigint {
    return this.uint(8);
  }

  u128(): bigint {
    return this.uint(16);
  }

  /** An unsigned little-endian integer of `length` bytes. */
  uint(length: number): bigint {
    const b = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(b[i] as number);
    return value;
  }

  /** @throws {@link CodecError} `codec/bad-tag` for anything but 0 and 1 */
  bool(): boolean {
    const offset = this.#offset;
    const tag = this.u8();
    if (tag > 1) throw new CodecError({ code: "codec/bad-tag", offset, type: "bool", tag });
    return tag === 1;
  }

  /** Marks the tag just read at `offset` as one this type does not have. */
  badTag(type: string, tag: number): CodecError {
    return new CodecError({ code: "codec/bad-tag", offset: this.#offset - 1, type, tag });
  }

  /**
   * The element count of a vector whose elements take at least `leastBytes` each, so that no count larger than the input can be
   * acted upon. @throws {@link CodecError} `codec/too-long`
   */
  count(leastBytes: number, limit = 0xffff_ffff): number {
    const offset = this.#offset;
    const length = readCompact(this);
    const room = leastBytes === 0 ? limit : Math.min(limit, Math.floor(this.left / leastBytes));
    if (length > BigInt(room)) throw new CodecError({ code: "codec/too-long", offset, length, limit: room });
    return Number(length);
  }

  /** `Vec<u8>`: a compact length and that many bytes, as a view. */
  vecU8(limit = 0xffff_ffff): Uint8Array {
    return this.take(this.count(1, limit));
  }

  /** `Vec<T>`, each element taking at least `leastBytes`. */
  vec<T>(leastBytes: number, read: (r: Reader) => T, limit?: number): T[] {
    const length = this.count(leastBytes, limit);
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(read(this));
    return items;
  }

  /** `Option<T>`. */
  option<T>(read: (r: Reader) => T): T | undefined {
    return this.optionTag() ? read(this) : undefined;
  }

  private optionTag(): boolean {
    const tag = this.u8();
    if (tag > 1) throw this.badTag("Option", tag);
    return tag === 1;
  }

  /** Every top-level decode ends here. @throws {@link CodecError} `codec/trailing` */
  end(): void {
    if (this.left > 0) throw new CodecError({ code: "codec/trailing", offset: this.#offset, extra: this.left });
  }
}

/** Reads one value that is the whole of `bytes`. */
export function decodeAll<T>(bytes: Uint8Array, read: (r: Reader) => T): T {
  const r = new Reader(bytes);
  const value = read(r);
  r.end();
  return value;
}
