/**
 * Limits the memory of a WebAssembly module by writing an upper bound into the module.
 * @see https://webassembly.github.io/spec/core/binary/modules.html#memory-section
 */
import { concat } from "@pruntime/core/bytes";

/**
 * The length of a module's magic number and version.
 * @format
 */
const preambleBytes = 8;
const memorySection = 5;

/**
 * Returns the module with its only memory limited to `maxPages` pages of 64 KiB.
 * @param module a trusted, valid module that declares a memory without an upper bound
 */
export function limitMemory(module: Uint8Array, maxPages: number): Uint8Array {
  for (let at = preambleBytes; at < module.length; ) {
    const [length, start] = readUnsigned(module, at + 1);
    if (module[at] === memorySection) {
      const [least] = readUnsigned(module, start + 2); // after the count of memories and the flags
      const section = concat(Uint8Array.of(1, 1), unsigned(least), unsigned(maxPages));
      const bounded = concat(Uint8Array.of(memorySection), unsigned(section.length), section);
      return concat(module.subarray(0, at), bounded, module.subarray(start + length));
    }
    at = start + length;
  }
  throw new Error("the module declares no memory");
}

/** Reads a LEB128 value, and returns it with the offset after it. */
function readUnsigned(bytes: Uint8Array, offset: number): readonly [value: number, end: number] {
  let value = 0;
  for (let at = offset, factor = 1; ; at++, factor *= 128) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return [value, at + 1];
  }
}

function unsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}
