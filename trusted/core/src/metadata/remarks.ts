/**
 * Finds the remarks in the extrinsics of a block. A remark is the argument of a `System.remark_with_event`
 * call. Such a call may be nested in calls of other pallets, wherever the metadata states that a value is a
 * call of the runtime. Byte strings that contain an encoded call are not searched.
 */
import { equal } from "../bytes/index.ts";
import { CodecError, Reader } from "../scale/index.ts";
import type { Work } from "../work/index.ts";
import { CallLayouts } from "./call-layouts.ts";
import { Types } from "./compile.ts";
import { MetadataError } from "./error.ts";
import type { RuntimeMetadata } from "./metadata.ts";
import { ValueReader } from "./value.ts";
import { Walk, walk } from "./walk.ts";

/**
 * Finds the remarks in one extrinsic, in units: views of the extrinsic, in the order in which they occur. The
 * list is empty for an extrinsic that does not decode.
 * @param extrinsic the extrinsic, starting with its compact length, as in a block
 * @param tag only remarks that start with these bytes are returned. Without a tag, all remarks are returned.
 * There may then be many: an empty remark takes only three bytes of the extrinsic.
 */
export type RemarkFinder = (extrinsic: Uint8Array, tag?: Uint8Array) => Work<readonly Uint8Array[]>;

/**
 * Compiles the remark finder for a runtime. The finder reads extrinsics of versions 4 and 5.
 * @throws {@link MetadataError} `metadata/missing` if the metadata does not name the parts of an extrinsic,
 * or the runtime has no `System.remark_with_event`; `metadata/unknown-type`, `metadata/bad-type`
 * @see https://docs.polkadot.com/polkadot-protocol/basics/blocks-transactions-fees/transactions/#transaction-format
 */
export function compileRemarks(metadata: RuntimeMetadata): RemarkFinder {
  const { extrinsic: format } = metadata;
  if (format === undefined)
    throw new MetadataError({ code: "metadata/missing", what: "parts of an extrinsic" });
  const types = new Types(metadata.types);
  const layouts = new CallLayouts(types, metadata, format);
  const [address, signature] = [types.resolve(format.address), types.resolve(format.signature)];
  const extensions = new Map(
    [...format.extensions].map(([set, parts]) => [set, parts.map((type) => types.resolve(type))] as const),
  );

  const skipAll = (r: ValueReader, parts: readonly number[]): void => {
    for (const part of parts) walk(r, layouts, part, ignore);
  };
  /** Skips everything before the call. */
  const skipPreamble = (r: ValueReader): void => {
    const version = r.u8();
    if (version === bare4 || version === bare5) return;
    if (version !== signed4 && version !== general5) throw r.badTag("extrinsic version", version);
    if (version === signed4) skipAll(r, [address, signature]);
    const set = version === general5 ? r.u8() : 0;
    const parts = extensions.get(set);
    if (parts === undefined) throw r.badTag("extension version", set);
    skipAll(r, parts);
  };
  return function* (extrinsic, tag = noTag) {
    try {
      const outer = new Reader(extrinsic);
      const r = new ValueReader(outer.vecU8());
      outer.end();
      const remarks: Uint8Array[] = [];
      skipPreamble(r);
      const call = new Walk(r, layouts, layouts.call, (remark) => {
        if (equal(remark.subarray(0, tag.length), tag)) remarks.push(remark);
      });
      while (!call.run(stepsPerUnit)) yield;
      r.end();
      return remarks;
    } catch (error) {
      if (error instanceof CodecError || error instanceof MetadataError) return [];
      throw error;
    }
  };
}

/**
 * The values of a call that are skipped in one unit of the search for remarks.
 * @limit values
 * @source chosen: one unit is shorter than a slice
 * @past the search pauses, and a query may run
 */
const stepsPerUnit = 16_384;

/**
 * The byte after an extrinsic's length: version 4 without and with a signature, and version 5 without and
 * with extensions.
 */
const [bare4, signed4, bare5, general5] = [0x04, 0x84, 0x05, 0x45];

const noTag = new Uint8Array();

const ignore = (): void => undefined;
