/** Reads the GRANDPA authorities from a block's state, in which they are stored under one of two keys. */
import { type Authority, decodeAuthorityList, decodeVersionedAuthorityList } from "@pruntime/core/grandpa";
import { grandpaAuthoritiesKey, wellKnownKeys } from "@pruntime/core/storage-key";
import { RelayError } from "../error.ts";
import type { SubstrateNode } from "../node/node.ts";

/** The authorities in a block's state, and the storage key under which they are stored. */
export interface StoredAuthorities {
  readonly key: Uint8Array;
  readonly authorities: readonly Authority[];
}

/**
 * Reads the authorities from the state of block `at`. Runtimes of 2024 and later store them under
 * `Grandpa.Authorities`, and older runtimes under `:grandpa_authorities`.
 * @throws {@link RelayError} `relay/no-authorities`; CodecError
 */
export async function fetchAuthorities(
  node: SubstrateNode,
  at: Uint8Array,
  number: number,
): Promise<StoredAuthorities> {
  const places = [
    [grandpaAuthoritiesKey(node.crypto), decodeAuthorityList],
    [wellKnownKeys.grandpaAuthorities, decodeVersionedAuthorityList],
  ] as const;
  for (const [key, decode] of places) {
    const value = await node.storage(key, at);
    if (value !== undefined) return { key, authorities: decode(value) };
  }
  throw new RelayError({ code: "relay/no-authorities", number });
}
