/**
 * A strict DER reader (ITU-T X.690). Lengths are definite and in their shortest form, integers are minimal,
 * and the depth is bounded. Each value has one encoding, with two exceptions: named bits may have trailing
 * zeros, and a time may be a UTCTime or a GeneralizedTime. Byte strings are views of the input, so no length
 * causes an allocation.
 */
import { Asn1Error } from "./error.ts";

/** Tags of the values that the reader knows. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The context-specific constructed tag `[n]`. */
export const context = (n: number): number => 0xa0 | n;

/**
 * How deeply DER values may be nested.
 * @limit levels
 * @source chosen: certificates nest fewer
 * @past `asn1/too-deep`
 */
const maxDepth = 16;

/** One value with its header. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly bytes: Uint8Array;
}

/** A cursor over the values of one container. */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #depth: number;
  #at = 0;

  constructor(bytes: Uint8Array, depth = 0) {
    this.#bytes = bytes;
    this.#depth = depth;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Returns the next tag, or `undefined` at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  /**
   * Reads the next value, of any type.
   * @throws {@link Asn1Error} `asn1/truncated`, `asn1/bad-length`, `asn1/bad-tag`
   */
  any(): DerValue {
    const [bytes, start] = [this.#bytes, this.#at];
    const tag = this.#byte(start);
    if ((tag & 0x1f) === 0x1f) throw new Asn1Error({ code: "asn1/bad-tag", offset: start, tag });
    let length = this.#byte(start + 1);
    let from = start + 2;
    if (length >= 0x80) {
      const size = length & 0x7f;
      if (size > 3) throw new Asn1Error({ code: "asn1/bad-length", offset: start });
      length = 0; // stays 0 for the indefinite form, 0x80
      for (let i = 0; i < size; i++) length = (length << 8) | this.#byte(from + i);
      if (length < 0x80 || length >> (8 * (size - 1)) === 0)
        throw new Asn1Error({ code: "asn1/bad-length", offset: start });
      from += size;
    }
    const end = from + length;
    if (end > bytes.length) throw new Asn1Error({ code: "asn1/truncated", offset: start });
    this.#at = end;
    return { tag, content: bytes.subarray(from, end), bytes: bytes.subarray(start, end) };
  }

  /** Reads the next value, which must have this tag. @throws the errors of {@link DerReader.any} */
  value(tag: number): DerValue {
    const offset = this.#at;
    const value = this.any();
    if (value.tag !== tag) throw new Asn1Error({ code: "asn1/bad-tag", offset, tag: value.tag });
    return value;
  }

  /** Reads the next value, which must have this tag, and returns its content. */
  content(tag: number): Uint8Array {
    return this.value(tag).content;
  }

  /**
   * Reads the next value, which must be a sequence, a set or an explicit tag. Returns a reader for its
   * content.
   * @throws {@link Asn1Error} `asn1/too-deep`; the errors of {@link DerReader.any}
   */
  enter(tag: number = tags.sequence): DerReader {
    return this.into(this.content(tag));
  }

  /** Returns a reader for `content` whose depth is one greater than this reader's depth. */
  into(content: Uint8Array): DerReader {
    if (this.#depth >= maxDepth) throw new Asn1Error({ code: "asn1/too-deep", offset: this.#at });
    return new DerReader(content, this.#depth + 1);
  }

  /** Reads a non-negative integer. Returns it big-endian without leading zeros; 0 is one zero byte. */
  unsigned(): Uint8Array {
    const offset = this.#at;
    const content = this.content(tags.integer);
    const [first = -1, second = 0xff] = content;
    if (first < 0 || first >= 0x80 || (first === 0 && second < 0x80))
      throw new Asn1Error({ code: "asn1/bad-value", offset, type: "integer" });
    return first === 0 && content.length > 1 ? content.subarray(1) : content;
  }

  /** Reads a non-negative integer of at most `maxBytes` bytes. `maxBytes` must be at most 6. */
  number(maxBytes: number): number {
    const offset = this.#at;
    const bytes = this.unsigned();
    if (bytes.length > maxBytes) throw new Asn1Error({ code: "asn1/bad-value", offset, type: "integer" });
    return bytes.reduce((value, byte) => value * 256 + byte, 0);
  }

  boolean(): boolean {
    const offset = this.#at;
    const content = this.content(tags.boolean);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff))
      throw new Asn1Error({ code: "asn1/bad-value", offset, type: "boolean" });
    return content[0] === 0xff;
  }

  /** Reads an object identifier and returns its dotted form, such as `1.2.840`. */
  oid(): string {
    const offset = this.#at;
    const text = dotted(this.content(tags.oid));
    if (text === undefined) throw new Asn1Error({ code: "asn1/bad-value", offset, type: "oid" });
    return text;
  }

  /** Reads a bit string that consists of whole bytes, and returns these bytes. */
  octetsOfBits(): Uint8Array {
    const offset = this.#at;
    const content = this.content(tags.bitString);
    if (content[0] !== 0) throw new Asn1Error({ code: "asn1/bad-value", offset, type: "bit string" });
    return content.subarray(1);
  }

  /**
   * Reads named bits, a bit string of at most 16 bits, as a number. The first bit has the value `0x8000`.
   * Accepts trailing zeros, which X.690 (11.2.2) forbids, because AMD's root certificates have them.
   */
  flags(): number {
    const offset = this.#at;
    const content = this.content(tags.bitString);
    const [unused = 8, first = 0, second = 0] = content;
    const last = content.length > 1 ? (content[content.length - 1] as number) : 0;
    if (content.length > 3 || unused > (content.length > 1 ? 7 : 0) || (last & ((1 << unused) - 1)) !== 0)
      throw new Asn1Error({ code: "asn1/bad-value", offset, type: "named bits" });
    return (first << 8) | second;
  }

  /**
   * Reads a UTCTime (1950 to 2049) or GeneralizedTime as Unix milliseconds. Either form must end with whole
   * seconds and `Z`.
   */
  time(): number {
    const offset = this.#at;
    const { tag, content } = this.any();
    if (tag !== tags.utcTime && tag !== tags.generalizedTime)
      throw new Asn1Error({ code: "asn1/bad-tag", offset, tag });
    const ms = unixMs(content, tag === tags.utcTime ? 2 : 4);
    if (ms === undefined) throw new Asn1Error({ code: "asn1/bad-value", offset, type: "time" });
    return ms;
  }

  /** Checks that the container ends here. @throws {@link Asn1Error} `asn1/trailing` */
  end(): void {
    if (!this.done) throw new Asn1Error({ code: "asn1/trailing", offset: this.#at });
  }

  #byte(at: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined) throw new Asn1Error({ code: "asn1/truncated", offset: this.#at });
    return byte;
  }
}

/** Decodes `bytes` with `read`, which must consume all of them. @throws {@link Asn1Error} */
export function decodeDer<T>(bytes: Uint8Array, read: (r: DerReader) => T): T {
  const r = new DerReader(bytes);
  const value = read(r);
  r.end();
  return value;
}

/**
 * Returns the dotted form of an object identifier; `undefined` if the encoding is malformed or contains a
 * number of 2^31 or more. No known identifier contains such a number.
 */
function dotted(content: Uint8Array): string | undefined {
  const numbers: number[] = [];
  let value = 0;
  let open = false;
  for (const byte of content) {
    if ((!open && byte === 0x80) || value >= 2 ** 24) return undefined;
    value = value * 128 + (byte & 0x7f);
    open = byte >= 0x80;
    if (open) continue;
    if (numbers.length === 0) {
      const first = Math.min(2, Math.floor(value / 40));
      numbers.push(first, value - 40 * first);
    } else numbers.push(value);
    value = 0;
  }
  return open || numbers.length === 0 ? undefined : numbers.join(".");
}

function unixMs(content: Uint8Array, yearDigits: 2 | 4): number | undefined {
  const text = String.fromCharCode(...content.subarray(0, 16));
  if (content.length !== yearDigits + 11 || !/^[0-9]+Z$/.test(text)) return undefined;
  const short = Number(text.slice(0, yearDigits));
  const year = yearDigits === 4 ? short : short + (short < 50 ? 2000 : 1900);
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = [0, 2, 4, 6, 8].map((at) =>
    Number(text.slice(yearDigits + at, yearDigits + at + 2)),
  );
  if (year < 1900 || month < 1 || month > 12 || minute > 59 || second > 59) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  // For an hour above 23, or a day that does not exist, `Date.UTC` returns a time on a different day.
  return new Date(ms).getUTCDate() === day ? ms : undefined;
}
