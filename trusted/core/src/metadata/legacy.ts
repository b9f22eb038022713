/**
 * Runtime metadata of versions 11 to 13 (until the end of 2021). It names types by their source text, which
 * is not enough to decode values. Only the list of pallets is kept; the other parts are read and dropped.
 * @see https://github.com/paritytech/frame-metadata/blob/285e5bdc5e9a97b1fcd3dcc94c3666d8a61226a8/frame-metadata/src/v13.rs
 */
import { decodeAll, type Reader } from "../scale/index.ts";
import { MetadataError } from "./error.ts";
import { magic, refuseDuplicates } from "./metadata.ts";
import { readName, skipBytes } from "./registry.ts";

/** The supported versions of metadata without a type registry. */
export type LegacyMetadataVersion = 11 | 12 | 13;

/** The pallets that metadata of an old version lists. */
export interface LegacyMetadata {
  readonly version: LegacyMetadataVersion;
  readonly pallets: readonly LegacyPallet[];
}

/** A pallet of an old runtime. */
export interface LegacyPallet {
  readonly name: string;
  /**
   * The pallet's index in the enums of all pallets' calls and events. `undefined` in version 11: there, the
   * enum of calls numbers only the pallets with calls, and the enum of events numbers only the pallets with
   * events.
   */
  readonly index: number | undefined;
}

/**
 * Returns whether metadata has a version that {@link decodeLegacyMetadata} reads. Only the version byte is
 * checked.
 */
export function isLegacyMetadata(bytes: Uint8Array): boolean {
  const version = bytes[4];
  return version === 11 || version === 12 || version === 13;
}

/**
 * Decodes metadata of versions 11 to 13.
 * @throws {@link MetadataError} `metadata/bad-magic`, `metadata/unsupported-version`, `metadata/duplicate`;
 * CodecError; BytesError
 */
export function decodeLegacyMetadata(bytes: Uint8Array): LegacyMetadata {
  return decodeAll(bytes, (r) => {
    if (r.u32() !== magic) throw new MetadataError({ code: "metadata/bad-magic" });
    const version = r.u8();
    if (version !== 11 && version !== 12 && version !== 13)
      throw new MetadataError({ code: "metadata/unsupported-version", version });
    const pallets = r.vec(6, () => readPallet(r, version));
    refuseDuplicates("pallet name", pallets, ({ name }) => name);
    r.u8(); // extrinsic version
    skipTexts(r); // signed extensions
    return { version, pallets };
  });
}

function readPallet(r: Reader, version: LegacyMetadataVersion): LegacyPallet {
  const name = readName(r);
  r.option(() => skipStorage(r, version));
  r.option(() => r.vec(3, () => skipNamed(r, () => r.vec(2, () => skipText(r, 2))))); // calls
  r.option(() => r.vec(3, () => skipNamed(r, () => skipTexts(r)))); // events
  r.vec(4, () => skipNamed(r, () => skipText(r, 2))); // constants: type, value
  r.vec(2, () => skipNamed(r, () => undefined)); // errors
  return { name, index: version === 11 ? undefined : r.u8() };
}

function skipStorage(r: Reader, version: LegacyMetadataVersion): void {
  skipText(r, 1); // prefix
  r.vec(6, () =>
    skipNamed(r, () => {
      r.bool(); // modifier
      skipStorageType(r, version);
      skipBytes(r); // fallback
    }),
  );
}

function skipStorageType(r: Reader, version: LegacyMetadataVersion): void {
  const kind = r.u8();
  switch (kind) {
    case 0:
      skipText(r, 1);
      return;
    case 1:
      readHasher(r);
      skipText(r, 2); // key, value
      r.bool();
      return;
    case 2:
      readHasher(r);
      skipText(r, 3); // keys, value
      readHasher(r);
      return;
    default:
      if (kind !== 3 || version !== 13) throw r.badTag("StorageEntryType", kind);
      skipTexts(r);
      r.vec(1, readHasher);
      skipText(r, 1);
  }
}

function readHasher(r: Reader): void {
  const tag = r.u8();
  if (tag > 6) throw r.badTag("StorageHasher", tag);
}

/** Skips a name, then the part that `skip` skips, then documentation. */
function skipNamed(r: Reader, skip: () => unknown): void {
  readName(r);
  skip();
  skipTexts(r);
}

function skipText(r: Reader, count: number): void {
  for (let i = 0; i < count; i++) skipBytes(r);
}

function skipTexts(r: Reader): void {
  r.vec(1, skipBytes);
}
