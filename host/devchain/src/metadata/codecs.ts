/**
 * Codecs of the runtime's calls, storage items and API outputs, made from the same metadata that clients get.
 */
import { getLookupCodecBuilder, getLookupFn } from "@polkadot-api/metadata-builders";
import {
  type Metadata,
  metadata as metadataCodec,
  SizedBytes,
  type UnifiedMetadata,
  unifyMetadata,
} from "@polkadot-api/substrate-bindings";
import { concat, from0x } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { blake2_128Concat, identity, storagePrefix, twox64Concat } from "@pruntime/core/storage-key";
import type { Codec, RuntimeCodecs } from "../frame/codec.ts";
import {
  buildMetadata,
  type EncodeType,
  type RuntimeTable,
  servedVersions,
  type VersionedMetadata,
} from "./build.ts";

const magicNumber = 0x6174656d; // "meta"

/**
 * Makes a runtime's metadata and codecs. Builds the metadata twice: first without the values of constants and
 * fallbacks, to get the codecs that encode these values.
 */
export function createRuntimeCodecs(crypto: Crypto, table: RuntimeTable): RuntimeCodecs {
  const draft = definitionsOf(unified(buildMetadata(16, table, () => new Uint8Array())));
  const encodeType: EncodeType = (type, value) => draft(type).enc(value);
  const metadata = new Map(
    servedVersions.map((version) => [version, encodeMetadata(buildMetadata(version, table, encodeType))]),
  );
  return { metadata, ...codecsOf(crypto, unified(buildMetadata(16, table, encodeType))) };
}

function codecsOf(crypto: Crypto, metadata: UnifiedMetadata<16>): Omit<RuntimeCodecs, "metadata"> {
  const definition = definitionsOf(metadata);
  return {
    call: definition(metadata.outerEnums.call),
    storage: memoised((pallet, item) => {
      const { storage } = found(
        metadata.pallets.find(({ name }) => name === pallet),
        pallet,
      );
      const { type, fallback, modifier } = found(
        storage?.items.find(({ name }) => name === item),
        item,
      );
      const prefix = storagePrefix(crypto, pallet, item);
      const value = definition(type.tag === "plain" ? type.value : type.value.value);
      const parts = type.tag === "plain" ? [] : keyParts(metadata, type.value);
      return {
        prefix,
        value,
        fallback: modifier === 1 ? value.dec(from0x(fallback)) : undefined,
        hashKey: (key) =>
          concat(
            ...parts.map(({ hasher, type }, i) => hashKey(crypto, hasher, definition(type).enc(key[i]))),
          ),
      };
    }),
    output: memoised((api, method) => {
      const methods = metadata.apis.find(({ name }) => name === api)?.methods;
      return definition(
        found(
          methods?.find(({ name }) => name === method),
          `${api}.${method}`,
        ).output,
      );
    }),
    moduleError: (pallet, error) => {
      const { index, errors } = found(
        metadata.pallets.find(({ name }) => name === pallet),
        pallet,
      );
      const def = metadata.lookup[errors?.type ?? -1]?.def;
      const variant = found(
        (def?.tag === "variant" ? def.value : []).find(({ name }) => name === error),
        error,
      );
      return {
        type: "Module",
        value: { pallet: index, error: `0x${variant.index.toString(16).padStart(2, "0")}000000` },
      };
    },
  };
}

function definitionsOf(metadata: UnifiedMetadata): (type: number) => Codec {
  const build = getLookupCodecBuilder(getLookupFn(withPlainModuleError(metadata)), SizedBytes(32));
  return (type) => {
    const codec = build(type);
    // Passes a copy, because the library would read a view from the start of its underlying buffer.
    return { enc: (value) => codec.enc(value), dec: (bytes) => codec.dec(bytes.slice()) };
  };
}

/**
 * Works around a bug: the library mistakes a struct `{ index, error }` for the pallet's own error enum, and
 * encodes the error as one byte instead of four. Renaming a field avoids the bug.
 */
function withPlainModuleError(metadata: UnifiedMetadata): UnifiedMetadata {
  const lookup = metadata.lookup.map((entry): typeof entry => {
    const { path, def } = entry;
    if (path.at(-1) !== "ModuleError" || def.tag !== "composite") return entry;
    return {
      ...entry,
      def: {
        ...def,
        value: def.value.map((field) => (field.name === "index" ? { ...field, name: "pallet" } : field)),
      },
    };
  });
  return { ...metadata, lookup };
}

function unified({ tag, value }: VersionedMetadata): UnifiedMetadata<16> {
  return unifyMetadata({ tag, value } as Metadata["metadata"]) as UnifiedMetadata<16>;
}

function encodeMetadata({ tag, value }: VersionedMetadata): Uint8Array {
  return metadataCodec.enc({ magicNumber, metadata: { tag, value } as Metadata["metadata"] });
}

/** The parts of a map's key, each with its hasher. */
function keyParts(
  { lookup }: UnifiedMetadata<16>,
  { key, hashers }: { readonly key: number; readonly hashers: readonly { readonly tag: string }[] },
): readonly { readonly hasher: string; readonly type: number }[] {
  const def = lookup[key]?.def;
  const types = hashers.length > 1 && def?.tag === "tuple" ? def.value : [key];
  return types.map((type, i) => ({ type, hasher: found(hashers[i], "hasher").tag }));
}

function hashKey(crypto: Crypto, hasher: string | undefined, key: Uint8Array): Uint8Array {
  switch (hasher) {
    case "Blake2128Concat":
      return blake2_128Concat(crypto, key);
    case "Twox64Concat":
      return twox64Concat(crypto, key);
    default:
      return identity(key);
  }
}

function memoised<T>(make: (a: string, b: string) => T): (a: string, b: string) => T {
  const made = new Map<string, T>();
  return (a, b) => {
    const name = `${a}.${b}`;
    const known = made.get(name) ?? make(a, b);
    made.set(name, known);
    return known;
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`not in the metadata: ${what}`);
  return value;
}
