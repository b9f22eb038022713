/**
 * Finds what the extrinsics of a block remark with an event: the argument of `System.remark_with_event`
 * wherever the metadata's type is the runtime's call type, in a call of any pallet and to any depth. Byte
 * strings that hold an encoded call are not searched.
 */
import { CodecError, Reader } from "../scale/index.ts";
import { Types } from "./compile.ts";
import { MetadataError } from "./error.ts";
import { Layouts } from "./layout.ts";
import type { RuntimeMetadata } from "./metadata.ts";
import { walk } from "./walk.ts";

/**
 * The remarks in one extrinsic, in the order of its bytes, as views of it. Empty for an extrinsic that does
 * not decode.
 * @param extrinsic with its compact length in front, as it stands in a block
 */
export type RemarkFinder = (extrinsic: Uint8Array) => readonly Uint8Array[];

/**
 * Compiles the finder for a runtime's extrinsics, versions 4 and 5. It finds nothing where the metadata
 * does not name an extrinsic's parts.
 * @throws {@link MetadataError} `metadata/unknown-type`, `metadata/bad-type`
 * @see https://docs.polkadot.com/polkadot-protocol/basics/blocks-transactions-fees/transactions/#transaction-format
 */
export function compileRemarks(metadata: RuntimeMetadata): RemarkFinder {
  const { extrinsic: format } = metadata;
  if (format === undefined) return () => [];
  const types = new Types(metadata.types);
  const layouts = new Layouts(types, metadata, format);
  const [address, signature] = [types.resolve(format.address), types.resolve(format.signature)];
  const extensions = new Map(
    [...format.extensions].map(([set, parts]) => [set, parts.map((type) => types.resolve(type))] as const),
  );

  const skipAll = (r: Reader, parts: readonly number[]): void => {
    for (const part of parts) walk(r, layouts, part, ignore);
  };
  /** Steps over everything before the call. */
  const skipPreamble = (r: Reader): void => {
    const version = r.u8();
    if (version === bare4 || version === bare5) return;
    if (version !== signed4 && version !== general5) throw r.badTag("extrinsic version", version);
    if (version === signed4) skipAll(r, [address, signature]);
    const set = version === general5 ? r.u8() : 0;
    const parts = extensions.get(set);
    if (parts === undefined) throw r.badTag("extension version", set);
    skipAll(r, parts);
  };
  return (extrinsic) => {
    try {
      const outer = new Reader(extrinsic);
      const r = new Reader(outer.vecU8());
      outer.end();
      const remarks: Uint8Array[] = [];
      skipPreamble(r);
      walk(r, layouts, layouts.call, (remark) => remarks.push(remark));
      r.end();
      return remarks;
    } catch (error) {
      if (error instanceof CodecError || error instanceof MetadataError) return [];
      throw error;
    }
  };
}

/** First bytes of extrinsics: without and with a signature in version 4, without and with extensions in 5. */
const [bare4, signed4, bare5, general5] = [0x04, 0x84, 0x05, 0x45];

const ignore = (): void => undefined;
