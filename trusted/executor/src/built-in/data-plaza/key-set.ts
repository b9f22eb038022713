/**
 * A set of the values of CSV fields: a hash table of fixed size with open addressing. It never grows and
 * allocates nothing for a key, so adding a key takes no longer when the set is large. The hash depends on a
 * secret table. The makers of files do not know the table, and so cannot choose keys with equal hashes.
 */
import { concat, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { type CsvRows, FieldValue } from "@pruntime/core/csv";
import { bytesPerUnit, type Work } from "@pruntime/core/work";

/** An odd number with bits in all places: 2^32 divided by the golden ratio. */
const factor = 0x9e3779b1;
/**
 * The bytes of a key's length, which is stored before the key.
 * @format
 */
const lengthBytes = 4;

/** What each byte of a key adds to its hash: 256 numbers. */
export type HashTable = Int32Array;

/** A table that anyone can compute. It is for files whose makers are trusted. */
export const publicHashTable: HashTable = Int32Array.from({ length: 256 }, (_, byte) =>
  Math.imul(byte + 1, factor),
);

/** The table that belongs to a secret of 32 bytes. */
export function hashTableOf(crypto: Crypto, secret: Uint8Array): HashTable {
  const parts = Array.from({ length: 32 }, (_, i) => crypto.hmacSha256(secret, utf8(`pruntime/joins/${i}`)));
  return new Int32Array(concat(...parts).buffer);
}

/** The values of fields of one text. */
export class KeySet {
  readonly #table: HashTable;
  /**
   * For each slot: 0, or the offset in `#keys` after the length of a key, and above `#offsetMask` the highest
   * bits of the key's hash. These bits differ for most keys that differ.
   */
  readonly #slots: Uint32Array;
  readonly #offsetMask: number;
  /** The keys, each after its length. After them comes the key that is searched. */
  readonly #keys: Uint8Array;
  /** The offset of the key that is searched. */
  #end = lengthBytes;
  #longest = 0;
  readonly #value = new FieldValue();
  /** How much of the searched key has been read, and how much may be read. */
  #length = 0;
  #most = 0;
  #isRead = false;
  #hash = 0;
  #slot = 0;
  /** How many bytes of the searched key equal those of the key in `#slot`. */
  #same = 0;
  readonly #insert = (): void => {
    this.#slots[this.#slot] = (this.#hash & ~this.#offsetMask) | this.#end;
    for (let i = 0; i < lengthBytes; i++) this.#keys[this.#end - 1 - i] = this.#length >>> (8 * i);
    this.#longest = Math.max(this.#longest, this.#length);
    this.#end += this.#length + lengthBytes;
  };

  /**
   * Provides memory for the fields of a text of `textBytes`. A field takes at least one byte more than its
   * value, except at the end of the text. So at most 258 keys have less than two bytes, each other key takes
   * three bytes of the text, and some slots always stay free.
   */
  private constructor(table: HashTable, textBytes: number) {
    let slots = 1_024;
    while (slots < textBytes / 2) slots *= 2;
    this.#table = table;
    this.#slots = new Uint32Array(slots);
    this.#keys = new Uint8Array(3 * textBytes + 2_048);
    this.#offsetMask = 2 ** (32 - Math.clz32(this.#keys.length)) - 1;
  }

  /**
   * Makes an empty set for the fields of a text. Writes each slot once, in units: the system provides memory
   * at the first write to it, and the first keys would wait for the memory of almost all slots.
   */
  static *forText(table: HashTable, text: Uint8Array): Work<KeySet> {
    const set = new KeySet(table, text.length);
    for (let at = 0; at < set.#slots.length; at += bytesPerUnit) {
      set.#slots.fill(0, at, at + bytesPerUnit);
      yield;
    }
    return set;
  }

  /** Adds the value of the field at which `rows` is. Returns what is left of the work. */
  add(rows: CsvRows): Work<void> | undefined {
    return this.#search(rows, Infinity, false, this.#insert);
  }

  /**
   * Calls `found` if the set has the value of the field at which `rows` is. Returns what is left of the work.
   */
  find(rows: CsvRows, found: () => void): Work<void> | undefined {
    return this.#search(rows, this.#longest, true, found);
  }

  #search({ csv, fieldStart, fieldEnd }: CsvRows, most: number, calls: boolean, call: () => void) {
    this.#value.start(csv, fieldStart, fieldEnd);
    this.#length = this.#hash = this.#same = 0;
    this.#isRead = false;
    this.#most = most;
    const has = this.#goOn();
    if (has === undefined) return this.#searching(calls, call);
    if (has === calls) call();
    return undefined;
  }

  *#searching(calls: boolean, call: () => void): Work<void> {
    for (;;) {
      yield;
      const has = this.#goOn();
      if (has === undefined) continue;
      if (has === calls) call();
      return;
    }
  }

  /** Searches for one unit. Returns whether the set has the key; `undefined` if that is not known yet. */
  #goOn(): boolean | undefined {
    if (!this.#read()) return undefined;
    return this.#length > this.#most ? false : this.#compare();
  }

  /** Reads the key. Returns `false` if the work pauses before the key's end. */
  #read(): boolean {
    const [value, table, keys, end, most] = [this.#value, this.#table, this.#keys, this.#end, this.#most];
    let [length, hash] = [this.#length, this.#hash];
    for (let left = bytesPerUnit; left > 0 && !this.#isRead; left--) {
      const byte = value.next();
      if (byte < 0 || length > most) {
        this.#isRead = true;
        this.#slot = hash & (this.#slots.length - 1);
        break;
      }
      keys[end + length++] = byte;
      hash = Math.imul(hash ^ (table[byte] as number), factor);
      hash ^= hash >>> 15;
    }
    this.#length = length;
    this.#hash = hash;
    return this.#isRead;
  }

  /** Compares the key with those in the slots from `#slot` on. */
  #compare(): boolean | undefined {
    const [slots, keys, length, end] = [this.#slots, this.#keys, this.#length, this.#end];
    const offsetMask = this.#offsetMask;
    for (let left = bytesPerUnit; left > 0; left--) {
      const slot = slots[this.#slot] as number;
      if (slot === 0) return false;
      const at = slot & offsetMask;
      if (((slot ^ this.#hash) & ~offsetMask) === 0 && this.#lengthAt(at) === length) {
        const stop = Math.min(length, this.#same + left);
        left -= stop - this.#same;
        while (this.#same < stop && keys[at + this.#same] === keys[end + this.#same]) this.#same++;
        if (this.#same === length) return true;
        if (this.#same === stop) return undefined;
      }
      this.#slot = (this.#slot + 1) & (slots.length - 1);
      this.#same = 0;
    }
    return undefined;
  }

  #lengthAt(at: number): number {
    let length = 0;
    for (let i = lengthBytes; i > 0; i--) length = (length << 8) | (this.#keys[at - i] as number);
    return length;
  }
}
