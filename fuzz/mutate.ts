/**
 * Mutations of byte strings. They do not know the content's format. They only assume that lengths are compact
 * and integers are little-endian, as in SCALE, and they insert the texts in the target's `words`.
 */
import { concat, utf8 } from "@pruntime/core/bytes";
import { encode } from "@pruntime/core/scale";
import type { Prng } from "./random.ts";

type Mutation = (bytes: Uint8Array, random: Prng, context: Context) => Uint8Array;

export interface Context {
  readonly corpus: readonly Uint8Array[];
  readonly words: readonly string[];
  readonly maxLength: number;
}

const numbers = [
  0, 1, 2, 63, 64, 127, 128, 255, 256, 0x3fff, 0x4000, 0x7fff, 0xffff, 0x1_0000, 0x3fff_ffff, 0x4000_0000,
];
const integers: readonly bigint[] = [...numbers, 0x7fff_ffff, 0xffff_ffff]
  .map(BigInt)
  .concat(2n ** 53n, 2n ** 63n, 2n ** 64n - 1n);

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = random.below(bytes.length);
    return bytes.with(at, (bytes[at] as number) ^ (1 << random.below(8)));
  },
  function setByte(bytes, random) {
    return bytes.with(random.below(bytes.length), random.below(256));
  },
  function addToByte(bytes, random) {
    const at = random.below(bytes.length);
    return bytes.with(at, ((bytes[at] as number) + random.pick([1, 255, 4, 252])) & 255);
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random.below(bytes.length));
  },
  function remove(bytes, random) {
    const [start, end] = range(bytes, random);
    return replace(bytes, start, end, new Uint8Array());
  },
  function duplicate(bytes, random) {
    const [start, end] = range(bytes, random);
    return replace(bytes, end, end, bytes.subarray(start, end));
  },
  function swap(bytes, random) {
    const [start, end] = range(bytes, random);
    const middle = start + random.below(end - start + 1);
    return replace(bytes, start, end, concat(bytes.subarray(middle, end), bytes.subarray(start, middle)));
  },
  function inflate(bytes, random, { maxLength }) {
    const [start, end] = range(bytes, random);
    const part = bytes.subarray(start, Math.min(end, start + 64));
    const room = Math.max(0, maxLength - bytes.length);
    const times = random.below(4) === 0 ? Math.floor(room / Math.max(1, part.length)) : random.below(64);
    const many = concat(...Array.from({ length: times }, () => part));
    return withCount(replace(bytes, end, end, many), random, start, times + 1);
  },
  function fixedInteger(bytes, random) {
    const length = random.pick([1, 2, 4, 8]);
    const at = random.below(bytes.length);
    const value = BigInt.asUintN(8 * length, random.pick(integers));
    return replace(
      bytes,
      at,
      at + length,
      encode(value, (w, n) => w.uint(n, length)),
    );
  },
  function compactInteger(bytes, random) {
    return putCompact(bytes, random.below(bytes.length), random.pick(integers));
  },
  function tamperLength(bytes, random) {
    const at = random.below(Math.min(bytes.length, random.pick([8, 80, bytes.length])));
    const left = bytes.length - at - compactLength(bytes[at] as number);
    return putCompact(
      bytes,
      at,
      BigInt(Math.max(0, random.pick([left, left - 1, left + 1, left >> 1, random.below(left + 2)]))),
    );
  },
  function crossover(bytes, random, { corpus }) {
    const other = random.pick(corpus);
    return concat(
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    );
  },
  function splice(bytes, random, { corpus }) {
    const other = random.pick(corpus);
    if (other.length === 0) return bytes;
    const [start, end] = range(other, random);
    const [from, to] = range(bytes, random);
    return replace(bytes, from, random.below(2) === 0 ? from : to, other.subarray(start, end));
  },
  function word(bytes, random, { words }) {
    if (words.length === 0) return bytes;
    const at = random.below(bytes.length + 1);
    return replace(bytes, at, at + random.pick([0, 0, 1, 4]), utf8(random.pick(words)));
  },
];

/** Makes a new input by one, two, four or eight mutations of an input of the corpus. */
export function mutate(random: Prng, context: Context): Uint8Array {
  let bytes = random.pick(context.corpus);
  for (let left = 1 << random.below(4); left > 0; left--) {
    bytes =
      bytes.length === 0 ? Uint8Array.of(random.below(256)) : random.pick(mutations)(bytes, random, context);
    if (bytes.length > context.maxLength) bytes = bytes.subarray(0, context.maxLength);
  }
  return bytes;
}

function range(bytes: Uint8Array, random: Prng): readonly [start: number, end: number] {
  const start = random.below(bytes.length);
  const longest = random.below(3) === 0 ? bytes.length - start : Math.min(bytes.length - start, 40);
  return [start, start + 1 + random.below(longest)];
}

function replace(bytes: Uint8Array, start: number, end: number, part: Uint8Array): Uint8Array {
  return concat(bytes.subarray(0, start), part, bytes.subarray(end));
}

/**
 * In half of the cases, replaces the compact integer that begins one byte before the repeated items with the
 * number of items, as in a `Vec`. Items at the start of the input get no number.
 */
function withCount(bytes: Uint8Array, random: Prng, start: number, count: number): Uint8Array {
  return start > 0 && random.below(2) === 0 ? putCompact(bytes, start - 1, BigInt(count)) : bytes;
}

function putCompact(bytes: Uint8Array, at: number, value: bigint): Uint8Array {
  const length = compactLength(bytes[at] as number);
  return replace(
    bytes,
    at,
    at + length,
    encode(value, (w, n) => w.compact(n)),
  );
}

function compactLength(head: number): number {
  return [1, 2, 4, 5][head & 3] as number;
}
