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

/** The place and the encoding of a storage item. */
export interface StorageEntry {
  /** The whole key of a plain item; the first part of a map's key. */
  readonly prefix: Uint8Array;
  /** The hashed parts of a map's key. */
  readonly hashKey: (parts: readonly Value[]) => Uint8Array;
  readonly value: Codec;
  /** The value to use if the key is absent. */
  readonly fallback: Value;
}

/** The runtime's metadata in each version, and the codecs made from it. */
export interface RuntimeCodecs {
  readonly metadata: ReadonlyMap<number, Uint8Array>;
  readonly storage: (pallet: string, item: string) => StorageEntry;
  /** The output of a runtime API method. */
  readonly output: (api: string, method: string) => Codec;
  /** The outer call enum, whose values are {@link RuntimeCall}s. */
  readonly call: Codec;
  /** An error of a pallet as `DispatchError`. */
  readonly moduleError: (pallet: string, error: string) => Value;
}

/**
 * Decodes bytes that are the only encoding of their value; `undefined` otherwise. The library's decoders are
 * lenient.
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
