/** Codecs of the runtime's types, and the interface through which the runtime uses them. */
import { equal } from "@pruntime/core/bytes";

/**
 * A codec's input or output. Accounts and byte arrays are 0x-hex, `Vec<u8>` is bytes, enums are `{ type,
 * value }`, and integers beyond 32 bits are bigint.
 */
export type Value = unknown;

/** A variant without content. */
export interface Unit<T extends string = string> {
  readonly type: T;
  readonly value: undefined;
}

/** A decoded call: the pallet's name, the call's name, and its arguments. */
export interface RuntimeCall {
  readonly type: string;
  readonly value: { readonly type: string; readonly value: Value };
}

/** A two-way codec of one type. */
export interface Codec {
  readonly enc: (value: Value) => Uint8Array;
  readonly dec: (bytes: Uint8Array) => Value;
}

/** The key and the encoding of a storage item. */
export interface StorageEntry {
  /** The whole key of a plain item, or the bytes with which each key of a map begins. */
  readonly prefix: Uint8Array;
  /** Encodes and hashes the parts of a map's key. The results follow the prefix. */
  readonly hashKey: (parts: readonly Value[]) => Uint8Array;
  readonly value: Codec;
  /** The value to use if the key is absent. */
  readonly fallback: Value;
}

/** The runtime's metadata in each version, and the codecs made from it. */
export interface RuntimeCodecs {
  readonly metadata: ReadonlyMap<number, Uint8Array>;
  readonly storage: (pallet: string, item: string) => StorageEntry;
  /** The codec of a runtime API method's output. */
  readonly output: (api: string, method: string) => Codec;
  /** The codec of the outer call enum. Its values are {@link RuntimeCall}s. */
  readonly call: Codec;
  /** Makes the `DispatchError` for an error of a pallet. */
  readonly moduleError: (pallet: string, error: string) => Value;
}

/**
 * Decodes bytes if they are the canonical encoding of their value, and returns `undefined` otherwise. `dec`
 * alone also accepts other encodings.
 */
export function decodeStrict(codec: Codec, bytes: Uint8Array): Value | undefined {
  try {
    const value = codec.dec(bytes);
    return equal(codec.enc(value), bytes) ? value : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
