/** Runs a chain's runtime to get its metadata. Only code that is proven to be the chain's is run. */
import { from0x, to0x } from "@pruntime/core/bytes";
import { followedSystemVersion } from "@pruntime/core/metadata";
import {
  RuntimeCodeError,
  readSections,
  systemVersionIn,
  unpackCode,
  withSystemVersion,
} from "@pruntime/core/runtime-code";
import { CodecError, decodeAll } from "@pruntime/core/scale";
import { unzstd } from "@pruntime/crypto-native";
import type { RuntimeCode } from "@pruntime/runtime";

/**
 * Runs a runtime's `Metadata_metadata`, and returns its output. Code and output are hex with the prefix `0x`.
 * @throws Error if the code traps, or lacks the function
 */
export type Interpreter = (code: `0x${string}`) => string;

/**
 * Reads metadata with an interpreter. The metadata is `undefined` if the interpreter refuses the code, or if
 * the output is not a `Vec<u8>`. Errors that only a bug of this program can cause are thrown.
 */
export function runtimeCodeOf(interpret: Interpreter): RuntimeCode {
  return {
    metadataOf: (code) => {
      const output = outputOf(interpret, to0x(readableCode(code)) as `0x${string}`);
      return output === undefined ? undefined : readOpaque(from0x(output));
    },
  };
}

/** Runs the code and returns its output; `undefined` if the interpreter refuses the code. */
function outputOf(interpret: Interpreter, code: `0x${string}`): string | undefined {
  try {
    return interpret(code);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/**
 * The types of error that the interpreter throws if it refuses the code (`Error`), or runs out of memory
 * (WebAssembly's `RuntimeError`) or stack (`RangeError`). An error of any other type is a bug.
 */
const refusals: readonly string[] = ["Error", "RuntimeError", "RangeError"];

function isRefusal(error: unknown): boolean {
  return error instanceof Error && refusals.includes(error.constructor.name);
}

/** The metadata in the output, a `Vec<u8>`. `undefined` if the output is something else. */
function readOpaque(output: Uint8Array): Uint8Array | undefined {
  try {
    return decodeAll(output, (r) => r.vecU8()).slice();
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** The highest `system_version` that the interpreter accepts. */
const knownSystemVersion = 1;

/**
 * Returns the code in a form that the interpreter accepts. The interpreter refuses versions 2 and 3. These
 * versions change only the layout of extrinsics roots and the place where new code is stored, so the code is
 * marked as version 1 instead.
 */
function readableCode(code: Uint8Array): Uint8Array {
  try {
    const module = unpackCode(code, unzstd);
    const version = systemVersionIn(readSections(module)) ?? 0;
    const isHidden = version > knownSystemVersion && version <= followedSystemVersion;
    return isHidden ? withSystemVersion(module, knownSystemVersion) : code;
  } catch (error) {
    if (error instanceof RuntimeCodeError) return code; // the interpreter decides
    throw error;
  }
}
