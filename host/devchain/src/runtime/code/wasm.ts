/**
 * Writes WebAssembly modules for the embedded runtime: constants in memory, and functions that return the
 * addresses of the constants.
 * @see https://webassembly.github.io/spec/core/binary/index.html
 */
import { concat, utf8 } from "@pruntime/core/bytes";

/** A function of the runtime-call ABI: `(pointer i32, length i32) -> i64`. */
export interface WasmFunction {
  readonly name: string;
  /** The function's instructions, without the closing `end`. */
  readonly body: Uint8Array;
}

/** The content of a module. */
export interface WasmModule {
  readonly functions: readonly WasmFunction[];
  /** The initial content of memory, at `offset`. */
  readonly data: { readonly offset: number; readonly bytes: Uint8Array };
  /** The address at which free memory begins. */
  readonly heapBase: number;
  /** The initial size of memory, in pages of 64 KiB. */
  readonly pages: number;
  readonly customSections: Readonly<Record<string, Uint8Array>>;
}

const [i32, i64] = [0x7f, 0x7e];
const end = 0x0b;

/** Encodes a binary module. It imports nothing and exports `memory`, `__heap_base` and the functions. */
export function encodeModule({ functions, data, heapBase, pages, customSections }: WasmModule): Uint8Array {
  const exports = [
    exported("memory", 2, 0),
    exported("__heap_base", 3, 0),
    ...functions.map(({ name }, index) => exported(name, 0, index)),
  ];
  return concat(
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), // "\0asm", version 1
    section(1, vector([Uint8Array.of(0x60, 2, i32, i32, 1, i64)])),
    section(3, vector(functions.map(() => unsigned(0)))),
    section(5, vector([concat(Uint8Array.of(0), unsigned(pages))])),
    section(6, vector([concat(Uint8Array.of(i32, 0), i32Const(heapBase), Uint8Array.of(end))])),
    section(7, vector(exports)),
    section(
      10,
      vector(functions.map(({ body }) => prefixed(concat(Uint8Array.of(0), body, Uint8Array.of(end))))),
    ),
    section(
      11,
      vector([concat(Uint8Array.of(0), i32Const(data.offset), Uint8Array.of(end), prefixed(data.bytes))]),
    ),
    ...Object.entries(customSections).map(([name, bytes]) => section(0, concat(prefixed(utf8(name)), bytes))),
  );
}

/** Pushes a constant. */
export function i32Const(value: number): Uint8Array {
  return concat(Uint8Array.of(0x41), signed(BigInt(value)));
}

/** Pushes a constant, which is given as an unsigned 64-bit integer. */
export function i64Const(value: bigint): Uint8Array {
  return concat(Uint8Array.of(0x42), signed(BigInt.asIntN(64, value)));
}

/** Runs `body` if the i32 on the stack is not 0. `body` must leave nothing on the stack. */
export function ifThen(body: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0x04, 0x40), body, Uint8Array.of(end));
}

/** Pushes the value of a local variable. */
export function localGet(index: number): Uint8Array {
  return Uint8Array.of(0x20, index);
}

/** Replaces the address on the stack with the u32 at that address. */
export const i32Load: Uint8Array = Uint8Array.of(0x28, 0, 0);
/** Replaces two i32 values on the stack with 1 if they are equal, otherwise with 0. */
export const i32Eq: Uint8Array = Uint8Array.of(0x46);
/** Replaces two i32 values on the stack with 1 if they differ, otherwise with 0. */
export const i32Ne: Uint8Array = Uint8Array.of(0x47);
/** Ends the function. Its result is the value on the stack. */
export const returns: Uint8Array = Uint8Array.of(0x0f);
/** Makes the call fail with a trap. */
export const unreachable: Uint8Array = Uint8Array.of(0x00);

function exported(name: string, kind: number, index: number): Uint8Array {
  return concat(prefixed(utf8(name)), Uint8Array.of(kind), unsigned(index));
}

function section(id: number, bytes: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(id), prefixed(bytes));
}

function vector(items: readonly Uint8Array[]): Uint8Array {
  return concat(unsigned(items.length), ...items);
}

function prefixed(bytes: Uint8Array): Uint8Array {
  return concat(unsigned(bytes.length), bytes);
}

/** Encodes an unsigned integer as LEB128. */
function unsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

/** Encodes a signed integer as signed LEB128. */
function signed(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    const done = rest >> 6n === 0n || rest >> 6n === -1n; // only sign bits are left
    bytes.push(done ? low : low | 0x80);
    if (done) return Uint8Array.from(bytes);
  }
}
