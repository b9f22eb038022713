/** Declares storage items, with their types for metadata and their types for TypeScript. */
import type { Value } from "./codec.ts";

/** How a part of a map's key is hashed. */
export type Hasher = "Blake2128Concat" | "Twox64Concat" | "Identity";

/** The key of a property that stores a declaration's types. The property exists for the compiler only. */
declare const types: unique symbol;

/**
 * A storage item of a pallet. `V` is the type of its decoded value. `K` is a tuple with the type of each part
 * of its key. For a plain item, `K` is empty.
 */
export interface StorageItem<V = Value, K extends readonly Value[] = readonly Value[]> {
  readonly pallet: string;
  readonly name: string;
  /** The type expression of the value. */
  readonly value: string;
  /** The type expression of a map's key, which is a tuple if there are several hashers. */
  readonly key?: string;
  /** One hasher for each part of the key. */
  readonly hashers?: readonly Hasher[];
  /**
   * The value to use if the key is absent. If no fallback is declared, clients read an absent value as
   * `None`.
   */
  readonly fallback?: V;
  readonly [types]?: readonly [V, K];
}

/** Declares an item without a key. */
export function storageValue<V>(
  pallet: string,
  name: string,
  value: string,
  fallback?: V,
): StorageItem<V, []> {
  return { pallet, name, value, ...(fallback === undefined ? {} : { fallback }) };
}

/** The declaration of a map, without its name. */
export interface MapDeclaration<V> {
  readonly key: string;
  /** One hasher for each part of the key. Default: one `Twox64Concat`. */
  readonly hashers?: readonly Hasher[];
  readonly value: string;
  readonly fallback?: V;
}

/** Declares a map. Its key has one or more parts. */
export function storageMap<V, K extends readonly Value[]>(
  pallet: string,
  name: string,
  declaration: MapDeclaration<V>,
): StorageItem<V, K> {
  return { pallet, name, hashers: ["Twox64Concat"], ...declaration };
}
