/**
 * Zstandard decompression (RFC 8878) of one frame: runtime code is stored so, and Node.js reads it only since 22.15. Without dictionaries, which
 * it never has, and without the content checksum: the state root is over the compressed bytes.
 * @see https://www.rfc-editor.org/rfc/rfc8878
 */
import { OfflineError } from "./error.ts";

/** @param maxLength of the output, in bytes @throws {@link OfflineError} `spec/bad-code` */
export function unzstd(bytes: Uint8Array, maxLength: number): Uint8Array {
  return new Frame(bytes, maxLength).read();
}

function bad(): OfflineError {
  return new OfflineError({ code: "spec/bad-code", reason: "zstd" });
}

const magic = 0xfd2fb528;
const maxBlockBytes: number = 128 * 1024;

/** Little-endian integers over bytes that may end early. */
class Input {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw bad();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  uint(length: number): number {
    return this.take(length).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  rest(): Uint8Array {
    return this.take(this.bytes.length - this.at);
  }
}

/** State that later blocks of a frame may refer to. */
class Frame {
  readonly #in: Input;
  readonly #maxLength: number;
  #out: Uint8Array = new Uint8Array(1 << 20);
  #length = 0;
  #huffman: HuffmanTable | undefined;
  readonly #tables: (FseTable | undefined)[] = [undefined, undefined, undefined];
  #offsets: [number, number, number] = [1, 4, 8];

  constructor(bytes: Uint8Array, maxLength: number) {
    this.#in = new Input(bytes);
    this.#maxLength = maxLength;
  }

  read(): Uint8Array {
    if (this.#in.uint(4) !== magic) throw bad();
    const { checksum, contentSize } = this.#header();
    while (!this.#block());
    this.#in.take(checksum ? 4 : 0);
    if (this.#in.rest().length > 0 || (contentSize !== undefined && contentSize !== this.#length)) throw bad();
    return this.#out.slice(0, this.#length);
  }

  #header(): { readonly checksum: boolean; readonly contentSize: number | undefined } {
    const descriptor = this.#in.uint(1);
    const single = (descriptor & 32) !== 0;
    if ((descriptor & 8) !== 0) throw bad();
    if (!single) this.#in.take(1); // window: all output is kept
    if ((descriptor & 3) !== 0 && this.#in.uint([0, 1, 2, 4][descriptor & 3] as number) !== 0) throw bad(); // dictionary
    const sizeLength = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
    const contentSize = sizeLength === 0 ? undefined : this.#in.uint(sizeLength) + (sizeLength === 2 ? 256 : 0);
    return { checksum: (descriptor & 4) !== 0, contentSize };
  }

  /** Whether it was the last. */
  #block(): boolean {
    const header = this.#in.uint(3);
    const [last, kind, size] = [(header & 1) === 1, (header >> 1) & 3, header >> 3];
    if (size > maxBlockBytes || kind === 3) throw bad();
    if (kind === 0) this.#append(this.#in.take(size));
    else if (kind === 1) this.#append(new Uint8Array(size).fill(this.#in.uint(1)));
    else this.#compressed(new Input(this.#in.take(size)));
    return last;
  }

  #room(length: number): void {
    const need = this.#length + length;
    if (need > this.#maxLength) throw bad();
    if (need <= this.#out.length) return;
    const larger = new Uint8Array(Math.max(need, 2 * this.#out.length));
    larger.set(this.#out);
    this.#out = larger;
  }

  #append(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#out.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #repeat(offset: number, length: number): void {
    if (offset > this.#length) throw bad();
    this.#room(length);
    for (let i = 0; i < length; i++, this.#length++) this.#out[this.#length] = this.#out[this.#length - offset] as number;
  }

  #compressed(block: Input): void {
    const literals = this.#literals(block);
    const start = this.#length;
    const used = this.#sequences(block, literals);
    this.#append(literals.subarray(used));
    if (this.#length - start > maxBlockBytes) throw bad();
  }

  #literals(block: Input): Uint8Array {
    const first = block.uint(1);
    const [kind, format] = [first & 3, (first >> 2) & 3];
    if (kind < 2) {
      const more = format === 1 ? 1 : format === 3 ? 2 : 0;
      const size = (block.uint(more) * 256 + first) >> (more === 0 ? 3 : 4);
      if (size > maxBlockBytes) throw bad();
      return kind === 0 ? block.take(size) : new Uint8Array(size).fill(block.uint(1));
    }
    const [more, bits] = format === 2 ? [3, 14] : format === 3 ? [4, 18] : [2, 10];
    const sizes = Math.floor((block.uint(more) * 256 + first) / 16);
    const [size, compressed] = [sizes % 2 ** bits, Math.floor(sizes / 2 ** bits)];
    if (size > maxBlockBytes) throw bad();
    const content = new Input(block.take(compressed));
    if (kind === 2) this.#huffman = readHuffman(content);
    if (this.#huffman === undefined) throw bad();
    return format === 0 ? decodeStream(this.#huffman, content.rest(), size) : decodeFour(this.#huffman, content, size);
  }

  /** How many literals the sequences used. */
  #sequences(block: Input, literals: Uint8Array): number {
    const first = block.uint(1);
    const count = first < 128 ? first : first < 255 ? (first - 128) * 256 + block.uint(1) : block.uint(2) + 0x7f00;
    if (count === 0) {
      if (block.rest().length > 0) throw bad();
      return 0;
    }
    const modes = block.uint(1);
    if ((modes & 3) !== 0) throw bad();
    const [lengths, offsets, matches] = codes.map((code, i) => this.#table(block, code, i, (modes >> (6 - 2 * i)) & 3)) as [
      FseTable,
      FseTable,
      FseTable,
    ];
    const bits = new BackwardBits(block.rest());
    const [l, o, m] = [new FseState(lengths, bits), new FseState(offsets, bits), new FseState(matches, bits)];
    let used = 0;
    for (let i = 0; i < count; i++) {
      if (o.symbol > 31) throw bad();
      const offset = 2 ** o.symbol + bits.read(o.symbol);
      const match = codeValue(codes[2], m.symbol, bits);
      const literal = codeValue(codes[0], l.symbol, bits);
      if (literal > literals.length - used) throw bad();
      this.#append(literals.subarray(used, used + literal));
      used += literal;
      this.#repeat(this.#offset(offset, literal), match);
      if (i === count - 1) break;
      l.next(bits);
      m.next(bits);
      o.next(bits);
    }
    if (bits.left !== 0) throw bad();
    return used;
  }

  /** Values of 3 and less name one of the last three offsets. */
  #offset(value: number, literalLength: number): number {
    const [a, b, c] = this.#offsets;
    if (value > 3) {
      this.#offsets = [value - 3, a, b];
      return value - 3;
    }
    const which = value - 1 + (literalLength === 0 ? 1 : 0);
    if (which === 0) return a;
    const offset = which === 1 ? b : which === 2 ? c : a - 1;
    if (offset === 0) throw bad();
    this.#offsets = which === 1 ? [b, a, c] : [offset, a, b];
    return offset;
  }

  #table(block: Input, code: SequenceCode, index: number, mode: number): FseTable {
    const table =
      mode === 0
        ? code.predefined
        : mode === 1
          ? singleSymbol(block.uint(1))
          : mode === 2
            ? readFse(block, code.maxLog)
            : this.#tables[index];
    if (table === undefined) throw bad();
    this.#tables[index] = table;
    return table;
  }
}

/** Reads from the end of a byte string, whose highest set bit marks where it begins. */
class BackwardBits {
  readonly #bytes: Uint8Array;
  /** Bits not read yet; below zero when more were read than there are. */
  left: number;

  constructor(bytes: Uint8Array) {
    const last = bytes.at(-1) ?? 0;
    if (last === 0) throw bad();
    this.#bytes = bytes;
    this.left = 8 * bytes.length - 1 - Math.clz32(last << 24);
  }

  /** The next bits, as if zeros stood before the first. */
  peek(count: number): number {
    let value = 0;
    for (let i = this.left - count; i < this.left; ) {
      if (i < 0) {
        i = Math.min(0, this.left);
        continue;
      }
      const inByte = Math.min(8 - (i & 7), this.left - i);
      value += (((this.#bytes[i >> 3] as number) >> (i & 7)) & ((1 << inByte) - 1)) * 2 ** (i - (this.left - count));
      i += inByte;
    }
    return value;
  }

  read(count: number): number {
    if (count > this.left) throw bad();
    const value = this.peek(count);
    this.left -= count;
    return value;
  }
}

/** Finite state entropy: each state has a symbol, and how many bits added to what give the next state. */
interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly base: Uint16Array;
}

class FseState {
  readonly table: FseTable;
  #state: number;

  constructor(table: FseTable, bits: BackwardBits) {
    this.table = table;
    this.#state = bits.read(table.log);
  }

  get symbol(): number {
    return this.table.symbols[this.#state] as number;
  }

  /** Bits that the next state takes. */
  get needs(): number {
    return this.table.bits[this.#state] as number;
  }

  next(bits: BackwardBits): void {
    this.#state = (this.table.base[this.#state] as number) + bits.read(this.needs);
  }
}

function singleSymbol(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: Uint8Array.of(0), base: Uint16Array.of(0) };
}

/** @param counts of states per symbol; −1 for one of less than a whole */
function buildFse(log: number, counts: readonly number[]): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next: number[] = counts.map((count) => Math.abs(count));
  let high = size;
  counts.forEach((count, symbol) => {
    if (count === -1) symbols[--high] = symbol;
  });
  let position = 0;
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; i++) {
      symbols[position] = symbol;
      do position = (position + (size >> 1) + (size >> 3) + 3) & (size - 1);
      while (position >= high);
    }
  });
  const [bits, base] = [new Uint8Array(size), new Uint16Array(size)];
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] as number;
    const count = next[symbol] as number;
    next[symbol] = count + 1;
    bits[state] = log - (31 - Math.clz32(count));
    base[state] = (count << (bits[state] as number)) - size;
  }
  return { log, symbols, bits, base };
}

function readFse(input: Input, maxLog: number): FseTable {
  let at = 8 * input.at;
  const end = 8 * input.bytes.length;
  const peek = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count && at + i < end; i++)
      value |= (((input.bytes[(at + i) >> 3] as number) >> ((at + i) & 7)) & 1) << i;
    return value;
  };
  const log = peek(4) + 5;
  at += 4;
  if (log > maxLog) throw bad();
  const counts: number[] = [];
  let left = (1 << log) + 1;
  while (left > 1) {
    const width = 32 - Math.clz32(left);
    const spare = (1 << width) - 1 - left;
    const low = peek(width - 1);
    const isShort = low < spare;
    let value = isShort ? low : peek(width);
    at += isShort ? width - 1 : width;
    if (!isShort && value >= 1 << (width - 1)) value -= spare;
    counts.push(value - 1);
    left -= Math.abs(value - 1);
    if (value === 1)
      for (let more = 3; more === 3; ) {
        more = peek(2);
        at += 2;
        for (let i = 0; i < more; i++) counts.push(0);
      }
    if (at > end || counts.length > 256) throw bad();
  }
  if (left !== 1) throw bad();
  input.at = (at + 7) >> 3;
  return buildFse(log, counts);
}

/** By as many bits as the longest code has: a symbol and how many of them were its own. */
interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

function readHuffman(input: Input): HuffmanTable {
  const first = input.uint(1);
  const weights: number[] = [];
  if (first < 128) readFseWeights(new Input(input.take(first)), weights);
  else {
    const packed = input.take((first - 126) >> 1);
    for (let i = 0; i < first - 127; i++)
      weights.push(i % 2 === 0 ? (packed[i >> 1] as number) >> 4 : (packed[i >> 1] as number) & 15);
  }
  return buildHuffman(weights);
}

/** Two states take turns until the bits are used up. */
function readFseWeights(input: Input, weights: number[]): void {
  const table = readFse(input, 6);
  const bits = new BackwardBits(input.rest());
  const states = [new FseState(table, bits), new FseState(table, bits)] as const;
  for (let turn = 0; weights.length < 255; turn ^= 1) {
    const [state, other] = [states[turn as 0 | 1], states[(turn ^ 1) as 0 | 1]];
    weights.push(state.symbol);
    if (state.needs > bits.left) {
      weights.push(other.symbol);
      return;
    }
    state.next(bits);
  }
  throw bad();
}

/** The last weight is what is missing to a power of two. */
function buildHuffman(given: readonly number[]): HuffmanTable {
  const total = given.reduce((sum, weight) => sum + (weight === 0 ? 0 : 2 ** (weight - 1)), 0);
  if (total === 0 || given.length > 255) throw bad();
  const log = Math.floor(Math.log2(total)) + 1;
  const missing = 2 ** log - total;
  if (log > 11 || (missing & (missing - 1)) !== 0) throw bad();
  const weights = [...given, Math.log2(missing) + 1];
  const [symbols, bits] = [new Uint8Array(1 << log), new Uint8Array(1 << log)];
  let at = 0;
  for (let weight = 1; weight <= log; weight++)
    weights.forEach((own, symbol) => {
      if (own !== weight) return;
      const end = at + (1 << (weight - 1));
      symbols.fill(symbol, at, end);
      bits.fill(log + 1 - weight, at, end);
      at = end;
    });
  return { log, symbols, bits };
}

function decodeStream({ log, symbols, bits: lengths }: HuffmanTable, bytes: Uint8Array, size: number): Uint8Array {
  const bits = new BackwardBits(bytes);
  const out = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const code = bits.peek(log);
    out[i] = symbols[code] as number;
    bits.left -= lengths[code] as number;
    if (bits.left < 0) throw bad();
  }
  if (bits.left !== 0) throw bad();
  return out;
}

function decodeFour(table: HuffmanTable, content: Input, size: number): Uint8Array {
  const lengths = [content.uint(2), content.uint(2), content.uint(2)];
  const streams = [...lengths.map((length) => content.take(length)), content.rest()];
  const each = (size + 3) >> 2;
  if (3 * each > size) throw bad();
  const out = new Uint8Array(size);
  streams.forEach((stream, i) => {
    out.set(decodeStream(table, stream, i < 3 ? each : size - 3 * each), i * each);
  });
  return out;
}

/** How a part of a sequence is written: from some code on, a base and extra bits. */
interface SequenceCode {
  readonly maxLog: number;
  readonly predefined: FseTable;
  readonly extra: readonly number[];
  readonly base: readonly number[];
}

/** @param extra bits per code; each base follows the range before it */
function sequenceCode(
  maxLog: number,
  log: number,
  counts: readonly number[],
  extra: readonly number[],
  least: number,
): SequenceCode {
  const base: number[] = [];
  let next = least;
  for (const bits of extra) {
    base.push(next);
    next += 2 ** bits;
  }
  return { maxLog, predefined: buildFse(log, counts), extra, base };
}

const zeros = (count: number): number[] => new Array<number>(count).fill(0);

/** Literal lengths, offsets, match lengths (RFC 8878, 3.1.1.3.2.1 and 3.1.1.3.2.2). */
const codes: readonly [SequenceCode, SequenceCode, SequenceCode] = [
  sequenceCode(
    9,
    6,
    [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
    [...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    0,
  ),
  sequenceCode(8, 5, [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], [], 0),
  sequenceCode(
    9,
    6,
    [
      ...[1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
      ...[1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1],
    ],
    [...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    3,
  ),
];

function codeValue({ base, extra }: SequenceCode, symbol: number, bits: BackwardBits): number {
  const least = base[symbol];
  if (least === undefined) throw bad();
  return least + bits.read(extra[symbol] as number);
}
