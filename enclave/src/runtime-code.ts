/** Runs a chain's runtime to get its metadata. Only code that is proven to be the chain's is run. */
import { fromHexWork, toHexWork } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { followedSystemVersion } from "@pruntime/core/metadata";
import {
  RuntimeCodeError,
  readSections,
  systemVersionIn,
  unpackCode,
  withSystemVersion,
} from "@pruntime/core/runtime-code";
import { decodeAll } from "@pruntime/core/scale";
import type { Work } from "@pruntime/core/work";
import { unzstd } from "@pruntime/crypto-native";
import type { RuntimeCode } from "@pruntime/runtime";
import { EnclaveError } from "./error.ts";

/**
 * Runs a runtime's `Metadata_metadata`, and returns its output. Code and output are hex with the prefix `0x`.
 * @throws unknown if the code traps, or lacks the function. The value need not be an `Error`. An
 * {@link EnclaveError} says nothing about the code.
 */
export type Interpreter = (code: `0x${string}`) => unknown;

/**
 * Reads metadata with a new interpreter for each runtime. The metadata is `undefined` if the interpreter
 * refuses the code, or if the output is not a `Vec<u8>`.
 * @param start makes an interpreter. Its errors are thrown, because they say nothing about the code.
 */
export function runtimeCodeOf(start: () => Interpreter): RuntimeCode {
  return {
    *metadataOf(code) {
      const readable = readableCode(code);
      yield;
      const hex = yield* toHexWork(readable);
      const output = outputOf(start(), `0x${hex}`);
      yield;
      return typeof output === "string" ? yield* readOpaque(output) : undefined;
    },
  };
}

/**
 * Runs the code and returns its output; `undefined` if the run fails. The code decides what the run throws: a
 * string, or an error of any class but {@link EnclaveError}. Whatever else the run throws, the code does not
 * run here.
 */
function outputOf(interpret: Interpreter, code: `0x${string}`): unknown {
  try {
    return interpret(code);
  } catch (error) {
    if (error instanceof EnclaveError) throw error;
    return undefined;
  }
}

/** The metadata in the output, the hex of a `Vec<u8>`. `undefined` if the output is something else. */
function* readOpaque(output: string): Work<Uint8Array | undefined> {
  if (!output.startsWith("0x")) return undefined;
  try {
    return decodeAll(yield* fromHexWork(output.slice(2)), (r) => r.vecU8()).slice();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
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
