/**
 * Runtime metadata, versions 14 to 16: the parts that are needed to interpret proven state. The other parts
 * (runtime APIs, view functions, documentation, deprecation notes) are skipped; every byte of them is read.
 * @see https://github.com/paritytech/frame-metadata/tree/main/frame-metadata/src
 */
import { Reader, readCompactU32, readVecWork } from "../scale/index.ts";
import { complete, type Work } from "../work/index.ts";
import { MetadataError } from "./error.ts";
import { type ExtrinsicFormat, readExtrinsicFormat } from "./extrinsic-format.ts";
import {
  type MetadataVersion,
  maxParts,
  metadataVersions,
  type RegistryType,
  readName,
  readRegistry,
  readTypeId,
  skipBytes,
  skipDocs,
} from "./registry.ts";
import { readDeprecation, readEnumDeprecation, skipApis, skipMethod } from "./skip.ts";

/** The parts of a runtime's metadata that are kept. */
export interface RuntimeMetadata {
  readonly version: MetadataVersion;
  /** The types of the registry. The id of a type is its position. */
  readonly types: readonly RegistryType[];
  readonly pallets: readonly PalletMetadata[];
  /** `undefined` when the metadata does not name the parts of an extrinsic. */
  readonly extrinsic: ExtrinsicFormat | undefined;
}

/** A pallet of the runtime. Types are given by their positions in the registry. */
export interface PalletMetadata {
  readonly name: string;
  /** The pallet's index in the enums of all pallets' calls, events and errors. */
  readonly index: number;
  readonly storage: PalletStorage | undefined;
  /** The types of the pallet's call, event and error enums. */
  readonly calls: number | undefined;
  readonly events: number | undefined;
  readonly errors: number | undefined;
  readonly constants: ReadonlyMap<string, PalletConstant>;
}

/** The storage items of a pallet, by name. */
export interface PalletStorage {
  /** The first part of the pallet's storage keys, usually the pallet's name. */
  readonly prefix: string;
  readonly items: ReadonlyMap<string, StorageItem>;
}

/** A storage item: a value, or a map from keys to values. */
export interface StorageItem {
  /** Whether an absent entry means `None` or the fallback value. */
  readonly modifier: "optional" | "default";
  /** For maps: the hasher of each part of the key, and the type of the key. */
  readonly hashers: readonly StorageHasher[];
  readonly key: number | undefined;
  readonly value: number;
  readonly fallback: Uint8Array;
}

/**
 * How a part of a map's key is hashed. A `concat` hasher appends the part itself to the hash. `identity` does
 * not hash the part.
 */
export type StorageHasher =
  | `blake2-${"128" | "256" | "128-concat"}`
  | `twox-${"128" | "256" | "64-concat"}`
  | "identity";

/** The hashers in the order of their tags. */
const storageHashers: readonly StorageHasher[] = [
  "blake2-128",
  "blake2-256",
  "blake2-128-concat",
  "twox-128",
  "twox-256",
  "twox-64-concat",
  "identity",
];

/** A constant that a pallet publishes in the metadata, such as `System.Version`. */
export interface PalletConstant {
  readonly type: number;
  /** The value in SCALE. */
  readonly value: Uint8Array;
}

/** The first four bytes of metadata, `meta`, as a little-endian `u32`. */
export const magic = 0x6174_656d;

/**
 * Decodes a runtime's metadata, without the length prefix of `OpaqueMetadata`.
 * @throws {@link MetadataError}; CodecError; BytesError
 */
export function decodeMetadata(bytes: Uint8Array): RuntimeMetadata {
  return complete(decodeMetadataWork(bytes));
}

/** Does what {@link decodeMetadata} does, in units. @throws as {@link decodeMetadata} */
export function* decodeMetadataWork(bytes: Uint8Array): Work<RuntimeMetadata> {
  const r = new Reader(bytes);
  if (r.u32() !== magic) throw new MetadataError({ code: "metadata/bad-magic" });
  const tag = r.u8();
  const version = metadataVersions.find((known) => known === tag);
  if (version === undefined) throw new MetadataError({ code: "metadata/unsupported-version", version: tag });
  const types = yield* readRegistry(r);
  const count = types.length;
  const pallets = yield* readVecWork(r, leastPalletBytes, () => readPallet(r, version, count));
  yield;
  refuseDuplicates("pallet name", pallets, ({ name }) => name);
  refuseDuplicates("pallet index", pallets, ({ index }) => index);
  const extrinsic = readExtrinsicFormat(r, version, types);
  if (version < 16) readCompactU32(r); // type of the runtime itself
  if (version !== 14) yield* skipApis(r, version);
  r.end();
  return { version, types, pallets, extrinsic };
}

/**
 * The shortest pallet, in bytes: an empty name, no storage, calls, events, constants or errors, and the
 * index.
 */
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
    const skipAssociatedType = () => {
      skipBytes(r); // name
      readCompactU32(r);
      skipDocs(r);
    };
    const skipViewFunction = () => {
      r.take(32); // id
      skipMethod(r, version);
    };
    r.vec(3, skipAssociatedType, maxParts);
    r.vec(leastViewFunctionBytes, skipViewFunction, maxParts);
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
  const hashers = map === 1 ? r.vec(1, readHasher, maxParts) : [];
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

/**
 * Reads a vector of items, each with a name.
 * @throws {@link MetadataError} `metadata/duplicate`
 */
function readNamed<T>(r: Reader, what: string, read: () => T): ReadonlyMap<string, T> {
  const named = new Map<string, T>();
  for (let left = r.count(4, maxParts); left > 0; left--) {
    const name = readName(r);
    if (named.has(name)) throw new MetadataError({ code: "metadata/duplicate", what });
    named.set(name, read());
  }
  return named;
}

/**
 * Checks that no two items have the same key. `what` describes the items in the error.
 * @throws {@link MetadataError} `metadata/duplicate`
 */
export function refuseDuplicates<T>(what: string, items: readonly T[], key: (item: T) => unknown): void {
  if (new Set(items.map(key)).size !== items.length)
    throw new MetadataError({ code: "metadata/duplicate", what });
}
