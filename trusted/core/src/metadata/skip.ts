/**
 * Reads past the parts of runtime metadata that this program does not need. Type references in these parts
 * are not checked, because some of them refer to types that the chain's registry lacks.
 */
import { type Reader, readCompactU32, readVecWork } from "../scale/index.ts";
import type { Work } from "../work/index.ts";
import { type MetadataVersion, maxParts, skipBytes, skipDocs } from "./registry.ts";

/** Skips the runtime APIs, the types of all calls, events and errors, and the custom values, in units. */
export function* skipApis(r: Reader, version: MetadataVersion): Work<void> {
  yield* readVecWork(r, 3, () => {
    skipBytes(r); // API name
    r.vec(4, () => skipMethod(r, version), maxParts);
    skipDocs(r);
    if (version >= 16) {
      readCompactU32(r); // API version
      readDeprecation(r);
    }
  });
  for (let i = 0; i < 3; i++) readCompactU32(r); // outer call, event and error
  yield* readVecWork(r, 3, () => {
    skipBytes(r);
    readCompactU32(r);
    skipBytes(r);
  });
}

/** Skips a method of a runtime API, or a view function. */
export function skipMethod(r: Reader, version: MetadataVersion): void {
  skipBytes(r); // name
  const skipInput = () => {
    skipBytes(r); // name
    readCompactU32(r);
  };
  r.vec(2, skipInput, maxParts);
  readCompactU32(r); // output
  skipDocs(r);
  if (version >= 16) readDeprecation(r);
}

/** Skips the deprecation note of one item. */
export function readDeprecation(r: Reader): void {
  const tag = r.u8();
  if (tag > 2) throw r.badTag("ItemDeprecationInfo", tag);
  if (tag === 2) readNote(r);
}

/** Skips the deprecation notes of an enum's variants. */
export function readEnumDeprecation(r: Reader): void {
  const skipVariant = () => {
    r.u8(); // variant index
    const tag = r.u8();
    if (tag !== 1 && tag !== 2) throw r.badTag("VariantDeprecationInfo", tag);
    if (tag === 2) readNote(r);
  };
  r.vec(2, skipVariant, maxParts);
}

function readNote(r: Reader): void {
  skipBytes(r);
  r.option(skipBytes); // since
}
