/**
 * Reads what a runtime's code says about itself without being run: custom sections of its WebAssembly.
 * @see
 * https://github.com/paritytech/polkadot-sdk/blob/e19706144c11148040b1680ea9bec29a84cb4934/substrate/primitives/version/src/lib.rs
 */
import { equal, fromUtf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeAll, Reader } from "@pruntime/core/scale";
import type { StateVersion } from "@pruntime/core/trie";
import { OfflineError } from "./error.ts";
import { unzstd } from "./zstd.ts";

const compressedPrefix: Uint8Array = Uint8Array.of(0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05);
const wasmHead: Uint8Array = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** The most that nodes unpack. */
const maxCodeBytes: number = 50 * 1024 * 1024;

/**
 * The version of the state that a runtime keeps. Code without a `runtime_version` section is older than 2021
 * and of version 0, unless it calls the host function that takes a state version.
 * @throws {@link OfflineError} `spec/state-version-unknown`, `spec/bad-code`
 */
export function stateVersionOf(code: Uint8Array): StateVersion {
  const sections = readSections(unpack(code));
  const version = sections.find(({ name }) => name === "runtime_version");
  if (version !== undefined)
    return coded("runtime_version", () => decodeAll(version.content, readStateVersion));
  const imports = sections.find(({ id }) => id === 2);
  if (imports !== undefined && Buffer.from(imports.content).includes("ext_storage_root_version_2"))
    throw new OfflineError({ code: "spec/state-version-unknown" });
  return 0;
}

function unpack(code: Uint8Array): Uint8Array {
  return equal(code.subarray(0, 8), compressedPrefix) ? unzstd(code.subarray(8), maxCodeBytes) : code;
}

interface Section {
  readonly id: number;
  /** The name of a custom section. */
  readonly name?: string;
  readonly content: Uint8Array;
}

function readSections(code: Uint8Array): Section[] {
  if (!equal(code.subarray(0, 8), wasmHead))
    throw new OfflineError({ code: "spec/bad-code", reason: "no WebAssembly" });
  return coded("sections", () => {
    const r = new Reader(code.subarray(8));
    const sections: Section[] = [];
    while (r.left > 0) sections.push(readSection(r));
    return sections;
  });
}

function readSection(r: Reader): Section {
  const id = r.u8();
  const content = r.take(readLeb128(r));
  if (id !== 0) return { id, content };
  const inner = new Reader(content);
  const name = fromUtf8(inner.take(readLeb128(inner)));
  return { id, name, content: inner.take(inner.left) };
}

/** Reads an unsigned 32-bit integer in LEB128, seven bits to a byte. */
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
 * Reads a `RuntimeVersion`: two names, three versions, APIs, and in later years the transaction and system
 * versions.
 */
function readStateVersion(r: Reader): StateVersion {
  r.vecU8();
  r.vecU8();
  r.take(12);
  r.vec(12, (r) => r.take(12));
  if (r.left > 0) r.u32();
  const systemVersion = r.left > 0 ? r.u8() : 0;
  return systemVersion === 0 ? 0 : 1;
}

function coded<T>(reason: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new OfflineError({ code: "spec/bad-code", reason }, { cause });
  }
}
