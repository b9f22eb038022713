/**
 * Runs a chain's runtime to get its metadata. The interpreter (smoldot's) is itself a WebAssembly module, so
 * this process does not compile the runtime's code or give it access to anything. Only code that is proven
 * to be the chain's is run. The interpreter's memory is bounded, but its time is not: a chain whose code
 * does not terminate stalls its workers. Each trap uses up some of the interpreter's stack. The interpreter
 * survives hundreds of traps (measured), and a new process starts with a full stack.
 */
import { getMetadataFromRuntime, initSync } from "@polkadot-api/wasm-executor/web";
import { from0x, to0x } from "@pruntime/core/bytes";
import {
  RuntimeCodeError,
  readSections,
  systemVersionIn,
  unpackCode,
  withSystemVersion,
} from "@pruntime/core/runtime-code";
import { decodeAll } from "@pruntime/core/scale";
import { unzstd } from "@pruntime/crypto-native";
import type { RuntimeCode } from "@pruntime/runtime";
import interpreter from "../../node_modules/@polkadot-api/wasm-executor/dist/web_bg.wasm";
import { limitMemory } from "./wasm-memory.ts";

/** 512 MiB. Runtimes of public chains use 10 to 25 MB (measured). The interpreter never releases memory. */
const maxPages = 8_192;

let ready = false;

/**
 * Runs code in the interpreter. The interpreter is created when it is first used, because most calls do not
 * need it.
 */
export const interpretedRuntime: RuntimeCode = {
  metadataOf: (code) => {
    if (!ready) initSync({ module: limitMemory(interpreter, maxPages) as Uint8Array<ArrayBuffer> });
    ready = true;
    try {
      const readable = to0x(readableCode(code)) as `0x${string}`;
      return decodeAll(from0x(getMetadataFromRuntime(readable)), (r) => r.vecU8()).slice();
    } catch (error) {
      if (error instanceof Error) return undefined; // the code traps, or its answer cannot be read
      throw error;
    }
  },
};

/** The highest `system_version` that the interpreter accepts. */
const knownSystemVersion = 1;

/**
 * The highest `system_version` whose rules the worker follows. From version 3 on, a block stores the code of
 * the next block under `:pending_code`. The worker does not read that key, so it must not run such code
 * either.
 */
const followedSystemVersion = 2;

/**
 * Returns the code in a form that the interpreter accepts. The interpreter refuses version 2, although that
 * version changes only the layout of extrinsics roots, so the code is marked as version 1 instead.
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
