/** A chain's runtime that allocates memory without end instead of returning its metadata. */

import { concat } from "@pruntime/core/bytes";
import {
  encodeModule,
  i32Const,
  i64Const,
  type WasmFunction,
} from "../../../host/devchain/src/runtime/code/wasm.ts";

/** Makes the module. It has the version sections of `of`, which is the code of a working runtime. */
export function hungryRuntime(of: Uint8Array): Uint8Array {
  const module = new WebAssembly.Module(of as Uint8Array<ArrayBuffer>);
  const custom = (name: string) => new Uint8Array(WebAssembly.Module.customSections(module, name)[0]!);
  const [loop, memoryGrow, whileTaken] = [
    Uint8Array.of(0x03, 0x40),
    Uint8Array.of(0x40, 0),
    Uint8Array.of(0x47, 0x0d, 0, 0x0b),
  ];
  const takeAll = concat(loop, i32Const(64), memoryGrow, i32Const(-1), whileTaken);
  const functions: WasmFunction[] = [
    "Core_version",
    "Metadata_metadata",
    "Metadata_metadata_versions",
    "Metadata_metadata_at_version",
  ].map((name) => ({ name, body: concat(takeAll, i64Const(4n << 32n)) }));
  return encodeModule({
    functions,
    data: { offset: 0, bytes: new Uint8Array(8) },
    heapBase: 1024,
    pages: 20,
    customSections: { runtime_version: custom("runtime_version"), runtime_apis: custom("runtime_apis") },
  });
}
