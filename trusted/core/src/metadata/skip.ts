/**
 * Skips the parts of runtime metadata that nothing here depends on. They are read as strictly as the rest, so
 * that every byte is accounted for, and then dropped.
 */
import { type Reader, readCompactU32 } from "../scale/index.ts";
import { type MetadataVersion, readTypeId, skipBytes, skipDocs } from "./registry.ts";

/** Runtime APIs, outer enums and custom values. */
export function skipApis(r: Reader, version: MetadataVersion, count: number): void {
  r.vec(3, () => {
    skipBytes(r); // API name
    r.vec(4, () => skipMethod(r, version, count));
    skipDocs(r);
    if (version >= 16) {
      readCompactU32(r); // API version
      readDeprecation(r);
    }
  });
  for (let i = 0; i < 3; i++) readTypeId(r, count); // outer call, event and error
  r.vec(3, () => {
    skipBytes(r);
    readTypeId(r, count);
    skipBytes(r);
  });
}

/** A method of a runtime API, or a view function. */
export function skipMethod(r: Reader, version: MetadataVersion, count: number): void {
  skipBytes(r); // name
  r.vec(2, () => {
    skipBytes(r);
    readTypeId(r, count);
  });
  readTypeId(r, count); // output
  skipDocs(r);
  if (version >= 16) readDeprecation(r);
}

/** Whether one item is deprecated. */
export function readDeprecation(r: Reader): void {
  const tag = r.u8();
  if (tag > 2) throw r.badTag("ItemDeprecationInfo", tag);
  if (tag === 2) readNote(r);
}

/** Which variants of an enum are deprecated. */
export function readEnumDeprecation(r: Reader): void {
  r.vec(2, () => {
    r.u8(); // variant index
    const tag = r.u8();
    if (tag !== 1 && tag !== 2) throw r.badTag("VariantDeprecationInfo", tag);
    if (tag === 2) readNote(r);
  });
}

function readNote(r: Reader): void {
  skipBytes(r);
  r.option(skipBytes); // since
}
