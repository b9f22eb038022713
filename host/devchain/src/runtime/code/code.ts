/**
 * The runtime's `:code`: a genuine WebAssembly module that describes the runtime but does not execute blocks,
 * because the chain executes them itself. The module answers `Core_version` and `Metadata_*`. Arguments and
 * outputs are SCALE in the module's memory. Each function returns `length << 32 | pointer` for its output.
 */
import { concat, from0x } from "@pruntime/core/bytes";
import { encode } from "@pruntime/core/scale";
import type { RuntimeCodecs } from "../../frame/codec.ts";
import type { RuntimeVersion } from "../../types.ts";
import { versionConstant } from "../version.ts";
import {
  encodeModule,
  i32Const,
  i32Eq,
  i32Load,
  i32Ne,
  i64Const,
  ifThen,
  localGet,
  returns,
  unreachable,
  type WasmFunction,
} from "./wasm.ts";

const dataOffset = 1024;
const pageBytes = 65_536;
/** Additional memory pages, where callers write arguments. The module itself uses no stack. */
const sparePages = 16;

/** Makes the module. Equal metadata and versions result in equal bytes. */
export function runtimeCode(codecs: RuntimeCodecs, version: RuntimeVersion): Uint8Array {
  const data = new Data();
  const functions: WasmFunction[] = [
    constant("Core_version", data.place(encodeVersion(codecs, version))),
    constant(
      "Metadata_metadata",
      data.place(codecs.output("Metadata", "metadata").enc(codecs.metadata.get(14))),
    ),
    constant(
      "Metadata_metadata_versions",
      data.place(codecs.output("Metadata", "metadata_versions").enc([...codecs.metadata.keys()])),
    ),
    metadataAtVersion(codecs, data),
  ];
  const heapBase = Math.ceil(data.end / 16) * 16;
  return encodeModule({
    functions,
    data: { offset: dataOffset, bytes: data.bytes },
    heapBase,
    pages: Math.ceil(heapBase / pageBytes) + sparePages,
    customSections: {
      runtime_version: encodeVersion(codecs, { ...version, apis: [] }),
      runtime_apis: concat(
        ...version.apis.map(([id, apiVersion]) => encode(apiVersion, (w, v) => w.raw(from0x(id)).u32(v))),
      ),
    },
  });
}

/** The module's constants, stored one after another. */
class Data {
  readonly #parts: Uint8Array[] = [];
  end = dataOffset;

  get bytes(): Uint8Array {
    return concat(...this.#parts);
  }

  /** Adds bytes, and returns their length and address in the form that a runtime call returns. */
  place(bytes: Uint8Array): bigint {
    const pointer = this.end;
    this.#parts.push(bytes);
    this.end += bytes.length;
    return (BigInt(bytes.length) << 32n) | BigInt(pointer);
  }
}

function constant(name: string, result: bigint): WasmFunction {
  return { name, body: i64Const(result) };
}

/**
 * Compares the argument, a u32, with each supported version. Traps if the argument is not four bytes long.
 */
function metadataAtVersion(codecs: RuntimeCodecs, data: Data): WasmFunction {
  const output = codecs.output("Metadata", "metadata_at_version");
  const cases = [...codecs.metadata].map(([version, metadata]) => {
    const result = concat(i64Const(data.place(output.enc(metadata))), returns);
    return concat(localGet(0), i32Load, i32Const(version), i32Eq, ifThen(result));
  });
  const argument = concat(localGet(1), i32Const(4), i32Ne, ifThen(unreachable));
  return {
    name: "Metadata_metadata_at_version",
    body: concat(argument, ...cases, i64Const(data.place(output.enc(undefined)))),
  };
}

function encodeVersion(codecs: RuntimeCodecs, version: RuntimeVersion): Uint8Array {
  return codecs.output("Core", "version").enc(versionConstant(version));
}
