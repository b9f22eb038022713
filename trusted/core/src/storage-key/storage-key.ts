/**
 * Where a runtime keeps what: `twox128(pallet) ‖ twox128(item)`, and below it one hashed part for each key of a map.
 * @see https://spec.polkadot.network/chap-state#sect-state-storage
 */
import { concat, utf8 } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";

type Twox = Pick<Crypto, "twox128">;

/** Keys that are text, outside any pallet. */
export const wellKnownKeys: {
  /** The runtime's WebAssembly. */
  readonly code: Uint8Array;
  /** The authorities behind a version byte; chains have kept them under a pallet's key since. */
  readonly grandpaAuthorities: Uint8Array;
} = { code: utf8(":code"), grandpaAuthorities: utf8(":grandpa_authorities") };

/** Of a value, or of all entries of a map; 32 bytes. */
export function storagePrefix(crypto: Twox, pallet: string, item: string): Uint8Array {
  return concat(crypto.twox128(utf8(pallet)), crypto.twox128(utf8(item)));
}

/** The events of the block whose state it is. */
export function systemEventsKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "System", "Events");
}

/** Milliseconds since 1970, a `u64`. */
export function timestampNowKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Timestamp", "Now");
}

/** The authorities, on chains of today. */
export function grandpaAuthoritiesKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Grandpa", "Authorities");
}

/** The number of the authority set, a `u64`. */
export function grandpaCurrentSetIdKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Grandpa", "CurrentSetId");
}

/** The policy of a chain's registry of workers: its canonical JSON, a `Vec<u8>`. */
export function registryPolicyKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Registry", "Policy");
}

/** Of all records of a chain's registry; the identity key ends each entry's key. */
export function registryWorkersPrefix(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Registry", "Workers");
}

/** A worker's record. @param publicKey its identity key, 33 bytes */
export function registryWorkerKey(
  crypto: Twox & Pick<Crypto, "blake2b128">,
  publicKey: Uint8Array,
): Uint8Array {
  return concat(registryWorkersPrefix(crypto), blake2_128Concat(crypto, publicKey));
}

/** The evidence that a worker's record rests on: JSON, a `Vec<u8>`. @param publicKey its identity key, 33 bytes */
export function registryEvidenceKey(
  crypto: Twox & Pick<Crypto, "blake2b128">,
  publicKey: Uint8Array,
): Uint8Array {
  return concat(storagePrefix(crypto, "Registry", "Evidence"), blake2_128Concat(crypto, publicKey));
}

/** `Blake2_128Concat`: the part of a map's key that ends in the key itself. */
export function blake2_128Concat(crypto: Pick<Crypto, "blake2b128">, key: Uint8Array): Uint8Array {
  return concat(crypto.blake2b128(key), key);
}

/** `Twox64Concat`, for keys that nobody chooses freely. */
export function twox64Concat(crypto: Pick<Crypto, "twox64">, key: Uint8Array): Uint8Array {
  return concat(crypto.twox64(key), key);
}

/** `Identity`, for keys that are hashes already. */
export function identity(key: Uint8Array): Uint8Array {
  return key;
}
