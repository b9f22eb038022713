/**
 * The interpreter of chains' runtimes (smoldot's). The interpreter is itself a WebAssembly module, so this
 * process does not compile a chain's code, and the code can reach nothing in this process. The interpreter's
 * memory is bounded, but its time is not: a chain whose code does not terminate stalls its workers.
 *
 * Each run has an instance of its own. An instance whose run trapped keeps that run's memory and stack. If
 * runs shared one instance, that instance would refuse good code after a few large runtimes, or hundreds of
 * small ones, had trapped (measured). The package's own JavaScript cannot make a second instance, so this
 * file has the few functions that the instance imports.
 */
import type { InitOutput } from "@polkadot-api/wasm-executor/web";
import interpreter from "../../node_modules/@polkadot-api/wasm-executor/dist/web_bg.wasm";
import { EnclaveError } from "./error.ts";
import type { Interpreter } from "./runtime-code.ts";
import { limitMemory } from "./wasm-memory.ts";

/**
 * The memory of one run of the chain's code: 512 MiB.
 * @limit pages of 64 KiB
 * @source measured: runtimes of public chains use 10 to 25 MB. An instance never releases memory
 * @past `enclave/no-interpreter` if the process lacks it; code that needs more traps, and the runtime counts
 * as unreadable
 */
const maxPages = 8_192;

/**
 * The text that the chain's code may return: `0x` and 16 MiB as hex.
 * @limit bytes
 * @source measured: metadata of public chains has less than 1 MB. The chain's code decides the length, and a
 * text as long as the interpreter's memory would end this process
 * @past the runtime counts as unreadable
 */
const maxText = 2 + 2 * 16 * 1024 ** 2;

/** The interpreter's module. It is compiled at its first use, because most calls do not need it. */
let compiled: WebAssembly.Module | undefined;

/**
 * Starts an interpreter for one run. The run fails with `enclave/no-interpreter` if the process could not
 * give it the memory that it may use.
 * @throws {@link EnclaveError} `enclave/no-interpreter`
 */
export function startInterpreter(): Interpreter {
  const wasm = instantiate();
  return (code) => {
    try {
      return run(wasm, code);
    } catch (error) {
      requireMemory(wasm.memory);
      throw error;
    }
  };
}

function run(wasm: InitOutput, code: `0x${string}`): unknown {
  const [output, error, failed] = wasm.getMetadataFromRuntime(code);
  if (failed) throw wasm.__wbindgen_externrefs.get(error);
  return wasm.__wbindgen_externrefs.get(output);
}

/** Checks after a failed run that the process had memory left for it. Otherwise, the code may be good. */
function requireMemory(memory: WebAssembly.Memory): void {
  try {
    memory.grow(maxPages - memory.buffer.byteLength / 65_536);
  } catch (cause) {
    throw new EnclaveError({ code: "enclave/no-interpreter" }, { cause });
  }
}

/** Makes an instance. This fails only if the process has no memory left for it. */
function instantiate(): InitOutput {
  try {
    compiled ??= new WebAssembly.Module(limitMemory(interpreter, maxPages));
    return start(compiled);
  } catch (cause) {
    throw new EnclaveError({ code: "enclave/no-interpreter" }, { cause });
  }
}

function start(module: WebAssembly.Module): InitOutput {
  const glue = glueFor(() => wasm);
  const imports = WebAssembly.Module.imports(module).map(
    ({ name }) => [name, glue[plain(name)] ?? unused] as const,
  );
  const wbg = Object.fromEntries<unknown>(imports);
  const wasm = new WebAssembly.Instance(module, { wbg }).exports as InitOutput;
  wasm.__wbindgen_start();
  return wasm;
}

/** The name of an import, without the hash at its end. */
function plain(name: string): string {
  return name.replace(/_[0-9a-f]{16}$/, "");
}

function unused(): never {
  throw new Error("the interpreter calls a function that reading metadata does not need");
}

/**
 * The functions that the instance calls while it reads metadata. They pass strings in and out of its memory,
 * as `wasm-bindgen` defines.
 * @see https://github.com/wasm-bindgen/wasm-bindgen/blob/0.2.106/crates/cli-support/src/js/mod.rs
 */
function glueFor(wasm: () => InitOutput): Readonly<Record<string, (...values: never[]) => unknown>> {
  return {
    __wbindgen_init_externref_table: () => {
      const table = wasm().__wbindgen_externrefs;
      const constants = table.grow(4);
      table.set(0, undefined);
      for (const [i, value] of [undefined, null, true, false].entries()) table.set(constants + i, value);
    },
    __wbg___wbindgen_string_get: (result: number, text: string) => {
      const bytes = Buffer.from(text);
      const at = wasm().__wbindgen_malloc(bytes.length, 1) >>> 0;
      new Uint8Array(wasm().memory.buffer).set(bytes, at);
      new Uint32Array(wasm().memory.buffer, result, 2).set([at, bytes.length]);
    },
    __wbindgen_cast: (at: number, length: number) => {
      if (length >>> 0 > maxText) throw new Error("the output is too long");
      return Buffer.from(wasm().memory.buffer, at >>> 0, length).toString();
    },
  };
}
