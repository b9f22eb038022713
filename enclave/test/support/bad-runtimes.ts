/** Chains' runtimes that do not return their metadata, or return as much of it as a test asks for. */

import { concat } from "@pruntime/core/bytes";
import {
  encodeModule,
  i32Const,
  i64Const,
  unreachable,
  type WasmFunction,
} from "../../../host/devchain/src/runtime/code/wasm.ts";

/**
 * A runtime that allocates memory without end.
 * @param of the code of a working runtime. Its version sections are copied into the new module.
 */
export function hungryRuntime(of: Uint8Array): Uint8Array {
  const [loop, memoryGrow, whileTaken] = [
    Uint8Array.of(0x03, 0x40),
    Uint8Array.of(0x40, 0),
    Uint8Array.of(0x47, 0x0d, 0, 0x0b),
  ];
  const takeAll = concat(loop, i32Const(64), memoryGrow, i32Const(-1), whileTaken);
  return runtimeWith(of, concat(takeAll, i64Const(4n << 32n)));
}

/** A runtime whose functions trap. @param of as for {@link hungryRuntime} */
export function trappingRuntime(of: Uint8Array): Uint8Array {
  return runtimeWith(of, unreachable);
}

/** A runtime whose functions call themselves without end. @param of as for {@link hungryRuntime} */
export function recursiveRuntime(of: Uint8Array): Uint8Array {
  return runtimeWith(of, concat(i32Const(0), i32Const(0), Uint8Array.of(0x10, 0)));
}

/** A runtime that says that 4 GiB from address 0 on are its output. @param of as for {@link hungryRuntime} */
export function boastingRuntime(of: Uint8Array): Uint8Array {
  return runtimeWith(of, i64Const(0xffff_ffffn << 32n));
}

/**
 * A runtime whose metadata is a number of zeros.
 * @param of as for {@link hungryRuntime}
 * @param count from 2^14 to 2^30 - 1
 */
export function wordyRuntime(of: Uint8Array, count: number): Uint8Array {
  const pages = Math.ceil(count / 65_536);
  const [memoryGrow, drop] = [Uint8Array.of(0x40, 0), Uint8Array.of(0x1a)];
  const output = (BigInt(count + 4) << 32n) | 8n;
  const length = new Uint8Array(8 + 4);
  new DataView(length.buffer).setUint32(8, count * 4 + 2, true);
  const body = concat(i32Const(pages), memoryGrow, drop, i64Const(output));
  return moduleWith(of, [{ name: "Metadata_metadata", body }], length);
}

/** A runtime in which all functions have the same body. */
function runtimeWith(of: Uint8Array, body: Uint8Array): Uint8Array {
  const names = [
    "Core_version",
    "Metadata_metadata",
    "Metadata_metadata_versions",
    "Metadata_metadata_at_version",
  ];
  const functions = names.map((name) => ({ name, body }));
  return moduleWith(of, functions, new Uint8Array(8));
}

function moduleWith(of: Uint8Array, functions: readonly WasmFunction[], bytes: Uint8Array): Uint8Array {
  const module = new WebAssembly.Module(of as Uint8Array<ArrayBuffer>);
  const custom = (name: string) => new Uint8Array(WebAssembly.Module.customSections(module, name)[0]!);
  return encodeModule({
    functions,
    data: { offset: 0, bytes },
    heapBase: 1024,
    pages: 20,
    customSections: { runtime_version: custom("runtime_version"), runtime_apis: custom("runtime_apis") },
  });
}
