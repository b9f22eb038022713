/**
 * Reads the custom sections in which a runtime's WebAssembly describes itself, without running the code.
 * @see
 * https://github.com/paritytech/polkadot-sdk/blob/e19706144c11148040b1680ea9bec29a84cb4934/substrate/primitives/version/src/lib.rs
 */
import { equal, fromUtf8 } from "../bytes/index.ts";
import { ProtocolError } from "../errors/index.ts";
import { decodeAll, Reader } from "../scale/index.ts";
import { RuntimeCodeError } from "./error.ts";

/** A section of a WebAssembly module. */
export interface CodeSection {
  readonly id: number;
  /** The name of a custom section; absent for all other sections. */
  readonly name?: string;
  /** The section's bytes, without the name, as a view of the module. */
  readonly content: Uint8Array;
}

/**
 * The sections of a runtime's WebAssembly module.
 * @limit sections
 * @source chosen: runtimes of public chains have about twenty
 * @past `runtime-code/malformed`
 */
const maxSections = 1_000;

const wasmHead: Uint8Array = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** The sections of an unpacked module, in order. @throws {@link RuntimeCodeError} `runtime-code/malformed` */
export function readSections(module: Uint8Array): CodeSection[] {
  if (!equal(module.subarray(0, 8), wasmHead))
    throw new RuntimeCodeError({ code: "runtime-code/malformed", part: "header" });
  return coded("sections", () => {
    const r = new Reader(module.subarray(8));
    const sections: CodeSection[] = [];
    while (r.left > 0 && sections.length < maxSections) sections.push(readSection(r));
    r.end();
    return sections;
  });
}

/**
 * The runtime's `system_version`, from the section `runtime_version`. Returns `undefined` if the module does
 * not have that section, which was introduced in 2021. Returns 0 if the section does not have the field.
 * @throws {@link RuntimeCodeError} `runtime-code/malformed`
 */
export function systemVersionIn(sections: readonly CodeSection[]): number | undefined {
  const section = sections.find(({ name }) => name === "runtime_version");
  if (section === undefined) return undefined;
  return coded("runtime_version", () => decodeAll(section.content, readSystemVersion));
}

/**
 * Copies a module and changes the `system_version` that the copy states. The field is a single byte, and no
 * other part of the module depends on its value.
 * @param version up to 255
 * @throws {@link RuntimeCodeError} `runtime-code/malformed` if the module cannot be read, does not have the
 * field, or has 0 in the field
 */
export function withSystemVersion(module: Uint8Array, version: number): Uint8Array {
  const copy = module.slice();
  const sections = readSections(copy);
  const field = sections.find(({ name }) => name === "runtime_version")?.content;
  if (field === undefined || (systemVersionIn(sections) ?? 0) === 0)
    throw new RuntimeCodeError({ code: "runtime-code/malformed", part: "runtime_version" });
  field[field.length - 1] = version;
  return copy;
}

function readSection(r: Reader): CodeSection {
  const id = r.u8();
  const content = r.take(readLeb128(r));
  if (id !== 0) return { id, content };
  const inner = new Reader(content);
  const name = fromUtf8(inner.take(readLeb128(inner)));
  return { id, name, content: inner.take(inner.left) };
}

/** Reads an unsigned integer of at most five bytes in LEB128, seven bits to a byte. */
function readLeb128(r: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = r.u8();
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
  throw r.badTag("leb128", 0x80);
}

/**
 * Skips the fields of a `RuntimeVersion` (two names, three versions, APIs, and in newer runtimes the
 * transaction version) and reads the last byte, the `system_version`. Returns 0 if this byte is absent.
 */
function readSystemVersion(r: Reader): number {
  r.vecU8();
  r.vecU8();
  r.take(12);
  r.vec(12, (r) => r.take(12));
  if (r.left > 0) r.u32();
  return r.left > 0 ? r.u8() : 0;
}

function coded<T>(part: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new RuntimeCodeError({ code: "runtime-code/malformed", part }, { cause });
  }
}
