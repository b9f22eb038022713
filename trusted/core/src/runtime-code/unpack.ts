/**
 * Unpacks a runtime's code, which most chains compress with Zstandard and store after a mark of eight bytes.
 * @see
 * https://github.com/paritytech/polkadot-sdk/blob/e19706144c11148040b1680ea9bec29a84cb4934/substrate/primitives/maybe-compressed-blob/src/lib.rs
 */
import { equal } from "../bytes/index.ts";
import { RuntimeCodeError } from "./error.ts";

/** The first bytes of compressed code. */
const compressedMark: Uint8Array = Uint8Array.of(0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05);

/**
 * The unpacked code of a runtime.
 * @limit bytes
 * @source Polkadot: nodes unpack no more (`CODE_BLOB_BOMB_LIMIT`)
 * @past `runtime-code/malformed`
 */
const maxCodeBytes: number = 50 * 1024 * 1024;

/**
 * Unpacks one Zstandard frame. Returns `undefined` if the bytes are not a frame, or if the output is longer
 * than `maxLength` bytes.
 */
export type Unzstd = (frame: Uint8Array, maxLength: number) => Uint8Array | undefined;

/**
 * Unpacks a runtime's code. Code that is not compressed is returned unchanged.
 * @throws {@link RuntimeCodeError} `runtime-code/malformed` if compressed code cannot be unpacked
 */
export function unpackCode(code: Uint8Array, unzstd: Unzstd): Uint8Array {
  if (!equal(code.subarray(0, compressedMark.length), compressedMark)) return code;
  const module = unzstd(code.subarray(compressedMark.length), maxCodeBytes);
  if (module === undefined) throw new RuntimeCodeError({ code: "runtime-code/malformed", part: "zstd" });
  return module;
}
