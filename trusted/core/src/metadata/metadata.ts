/**
 * Runtime metadata, versions 14 to 16: the part of it that gives proven state a meaning. The rest (calls' extensions, runtime APIs, view
 * functions, documentation, deprecation notes) is read as strictly and dropped.
 * @see https://github.com/paritytech/frame-metadata/tree/main/frame-metadata/src
 */
import { decodeAll, type Reader, readCompactU32 } from "../scale/index.ts";
import { MetadataError } from "./error.ts";
import { type ExtrinsicFormat, readExtrinsicFormat } from "./extrinsic-format.ts";
import {
  type MetadataVersion,
  metadataVersions,
  type RegistryType,
  readName,
  readRegistry,
  readTypeId,
  skipBytes,
  skipDocs,
} from "./registry.ts";
import { readDeprecation, readEnumDeprecation, skipApis, skipMethod } from "./skip.ts";

export interface RuntimeMetadata {
  readonly version: MetadataVersion;
  /** Types are named by their position. */
  readonly types: readonly RegistryType[];
  readonly pallets: readonly PalletMetadata[];
  /** `undefined` where the metadata does not name an extrinsic's parts. */
  readonly extrinsic: ExtrinsicFormat | undefined;
}

export interface PalletMetadata {
  readonly name: string;
  /** The pallet's number in the outer call, event and error enums. */
  readonly index: number;
  readonly storage: PalletStorage | undefined;
  /** The pallet's call, event and error enums. */
  readonly calls: number | undefined;
  readonly events: number | undefined;
  readonly errors: number | undefined;
  readonly constants: ReadonlyMap<string, PalletConstant>;
}

export interface PalletStorage {
  /** What storage keys are made from; usually the pallet's name. */
  readonly prefix: string;
  readonly items: ReadonlyMap<string, StorageItem>;
}

export interface StorageItem {
  /** What an absent value means: none, or the fallback. */
  readonly modifier: "optional" | "default";
  /** For maps: how each part of the key is hashed, and its type. */
  readonly hashers: readonly StorageHasher[];
  readonly key: number | undefined;
  readonly value: number;
  readonly fallback: Uint8Array;
}

export type StorageHasher =
  | `blake2-${"128" | "256" | "128-concat"}`
  | `twox-${"128" | "256" | "64-concat"}`
  | "identity";

/** In the order of their tags. */
const storageHashers: readonly StorageHasher[] = [
  "blake2-128",
  "blake2-256",
  "blake2-128-concat",
  "twox-128",
  "twox-256",
  "twox-64-concat",
  "identity",
];

export interface PalletConstant {
  readonly type: number;
  /** SCALE encoded. */
  readonly value: Uint8Array;
}

/** `meta`, little-endian. */
export const magic = 0x6174_656d;

/**
 * Reads the whole of a runtime's metadata (without the length prefix of `OpaqueMetadata`).
 * @throws {@link MetadataError}; CodecError; BytesError
 */
export function decodeMetadata(bytes: Uint8Array): RuntimeMetadata {
  return decodeAll(bytes, readMetadata);
}

function readMetadata(r: Reader): RuntimeMetadata {
  if (r.u32() !== magic) throw new MetadataError({ code: "metadata/bad-magic" });
  const tag = r.u8();
  const version = metadataVersions.find((known) => known === tag);
  if (version === undefined) throw new MetadataError({ code: "metadata/unsupported-version", version: tag });
  const types = readRegistry(r);
  const count = types.length;
  const pallets = r.vec(leastPalletBytes, () => readPallet(r, version, count));
  refuseDuplicates("pallet name", pallets, ({ name }) => name);
  refuseDuplicates("pallet index", pallets, ({ index }) => index);
  const extrinsic = readExtrinsicFormat(r, version, types);
  if (version < 16) readCompactU32(r); // type of the runtime itself
  if (version !== 14) skipApis(r, version);
  return { version, types, pallets, extrinsic };
}

/** Empty name, no storage, calls, events, constants or errors, index. */
const leastPalletBytes = 7;

function readPallet(r: Reader, version: MetadataVersion, count: number): PalletMetadata {
  const name = readName(r);
  const storage = r.option(() => readStorage(r, version, count));
  const readEnum = (): number => {
    const type = readTypeId(r, count);
    if (version >= 16) readEnumDeprecation(r);
    return type;
  };
  const calls = r.option(readEnum);
  const events = r.option(readEnum);
  const constants = readNamed(r, `constant of ${name}`, () => readConstant(r, version, count));
  const errors = r.option(readEnum);
  if (version >= 16) {
    r.vec(3, () => {
      skipBytes(r); // name of an associated type
      readCompactU32(r);
      skipDocs(r);
    });
    r.vec(leastViewFunctionBytes, () => {
      r.take(32); // id of a view function
      skipMethod(r, version);
    });
  }
  const index = r.u8();
  if (version !== 14) skipDocs(r);
  if (version >= 16) readDeprecation(r);
  return { name, index, storage, calls, events, errors, constants };
}

const leastViewFunctionBytes = 37;

function readStorage(r: Reader, version: MetadataVersion, count: number): PalletStorage {
  const prefix = readName(r);
  return {
    prefix,
    items: readNamed(r, `storage item of ${prefix}`, () => readStorageItem(r, version, count)),
  };
}

function readStorageItem(r: Reader, version: MetadataVersion, count: number): StorageItem {
  const modifier = r.bool() ? "default" : "optional";
  const map = r.u8();
  if (map > 1) throw r.badTag("StorageEntryType", map);
  const hashers = map === 1 ? r.vec(1, readHasher) : [];
  const key = map === 1 ? readTypeId(r, count) : undefined;
  const value = readTypeId(r, count);
  const fallback = r.vecU8().slice();
  skipDocs(r);
  if (version >= 16) readDeprecation(r);
  return { modifier, hashers, key, value, fallback };
}

function readHasher(r: Reader): StorageHasher {
  const tag = r.u8();
  const hasher = storageHashers[tag];
  if (hasher === undefined) throw r.badTag("StorageHasher", tag);
  return hasher;
}

function readConstant(r: Reader, version: MetadataVersion, count: number): PalletConstant {
  const type = readTypeId(r, count);
  const value = r.vecU8().slice();
  skipDocs(r);
  if (version >= 16) readDeprecation(r);
  return { type, value };
}

/** A vector of named things. @throws {@link MetadataError} `metadata/duplicate` */
function readNamed<T>(r: Reader, what: string, read: () => T): ReadonlyMap<string, T> {
  const named = new Map<string, T>();
  for (let left = r.count(4); left > 0; left--) {
    const name = readName(r);
    if (named.has(name)) throw new MetadataError({ code: "metadata/duplicate", what });
    named.set(name, read());
  }
  return named;
}

/** @throws {@link MetadataError} `metadata/duplicate` */
export function refuseDuplicates<T>(what: string, items: readonly T[], key: (item: T) => unknown): void {
  if (new Set(items.map(key)).size !== items.length)
    throw new MetadataError({ code: "metadata/duplicate", what });
}
