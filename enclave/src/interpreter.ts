/**
 * The interpreter of chains' runtimes (smoldot's). The interpreter is itself a WebAssembly module, so this
 * process does not compile a chain's code, and the code can reach nothing in this process. The interpreter's
 * memory is bounded, but its time is not: a chain whose code does not terminate stalls its workers. Each trap
 * permanently uses up some of the interpreter's stack. The interpreter survives hundreds of traps (measured),
 * and a restart of this process frees the whole stack.
 */
import { getMetadataFromRuntime, initSync } from "@polkadot-api/wasm-executor/web";
import interpreter from "../../node_modules/@polkadot-api/wasm-executor/dist/web_bg.wasm";
import type { Interpreter } from "./runtime-code.ts";
import { limitMemory } from "./wasm-memory.ts";

/** 512 MiB. Runtimes of public chains use 10 to 25 MB (measured). The interpreter never releases memory. */
const maxPages = 8_192;

let ready = false;

/** Runs code. The interpreter is created at its first use, because most calls do not need it. */
export const interpret: Interpreter = (code) => {
  if (!ready) initSync({ module: limitMemory(interpreter, maxPages) as Uint8Array<ArrayBuffer> });
  ready = true;
  return getMetadataFromRuntime(code);
};
