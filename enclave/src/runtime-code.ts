/**
 * Runs a chain's runtime for its metadata, in an interpreter that is WebAssembly itself (smoldot's), so
 * that the code neither touches this process nor is compiled by it. Only code that is proven to be the
 * chain's gets here. Its memory is bounded, its time is not: a chain whose code does not end stalls its
 * workers. Each trap costs the interpreter some of its stack for good; it survives hundreds (measured), and
 * a new process has all of it again. /
 */

import { getMetadataFromRuntime, initSync } from "@polkadot-api/wasm-executor/web";
import { from0x, to0x } from "@pruntime/core/bytes";
import { decodeAll } from "@pruntime/core/scale";
import type { RuntimeCode } from "@pruntime/runtime";
import interpreter from "../../node_modules/@polkadot-api/wasm-executor/dist/web_bg.wasm";
import { limitMemory } from "./wasm-memory.ts";

/** 512 MiB. Runtimes of public chains take 10 to 25 MB (measured); memory once taken is never given back. */
const maxPages = 8_192;

let ready = false;

/** The interpreter is made at first use: most calls never need it. */
export const interpretedRuntime: RuntimeCode = {
  metadataOf: (code) => {
    if (!ready) initSync({ module: limitMemory(interpreter, maxPages) as Uint8Array<ArrayBuffer> });
    ready = true;
    try {
      return decodeAll(from0x(getMetadataFromRuntime(to0x(code) as `0x${string}`)), (r) => r.vecU8()).slice();
    } catch (error) {
      if (error instanceof Error) return undefined; // the code traps, or answers no bytes: it says nothing we could use
      throw error;
    }
  },
};
