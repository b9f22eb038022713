/**
 * Storage keys of a runtime: `twox128(pallet) ‖ twox128(item)`, followed by one hashed part for each key of a
 * map.
 * @see https://spec.polkadot.network/chap-state#sect-state-storage
 */
import { concat, utf8 } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";

type Twox = Pick<Crypto, "twox128">;

/** State keys that are plain text. They are not part of any pallet's storage. */
export const wellKnownKeys: {
  /** The runtime's WebAssembly. */
  readonly code: Uint8Array;
  /** The WebAssembly that the next block runs, if an upgrade has stored it under this key. */
  readonly pendingCode: Uint8Array;
  /**
   * The GRANDPA authorities, after a version byte. Newer chains keep the authorities under a pallet's key
   * instead.
   */
  readonly grandpaAuthorities: Uint8Array;
} = {
  code: utf8(":code"),
  pendingCode: utf8(":pending_code"),
  grandpaAuthorities: utf8(":grandpa_authorities"),
};

/** The key of a storage value, or the prefix of the keys of all entries of a map; 32 bytes. */
export function storagePrefix(crypto: Twox, pallet: string, item: string): Uint8Array {
  return concat(crypto.twox128(utf8(pallet)), crypto.twox128(utf8(item)));
}

/** The key of `System.Events`, the events of the block that produced the state. */
export function systemEventsKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "System", "Events");
}

/** The key of `Timestamp.Now`. The value is a time in Unix milliseconds, a `u64`. */
export function timestampNowKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Timestamp", "Now");
}

/** The key of `Grandpa.Authorities`, where current chains keep the authority list. */
export function grandpaAuthoritiesKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Grandpa", "Authorities");
}

/** The key of `Grandpa.CurrentSetId`, the id of the authority set, a `u64`. */
export function grandpaCurrentSetIdKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Grandpa", "CurrentSetId");
}

/** The key of `Grandpa.PendingChange`, a change of authorities that is announced and not enacted yet. */
export function grandpaPendingChangeKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Grandpa", "PendingChange");
}

/** The key of the policy in a chain's worker registry. The value is canonical JSON in a `Vec<u8>`. */
export function registryPolicyKey(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Registry", "Policy");
}

/**
 * The prefix of the keys of all records in a chain's worker registry. Each key ends with the worker's
 * identity key.
 */
export function registryWorkersPrefix(crypto: Twox): Uint8Array {
  return storagePrefix(crypto, "Registry", "Workers");
}

/**
 * The key of a worker's record in a chain's worker registry.
 * @param publicKey the worker's identity key, 33 bytes
 */
export function registryWorkerKey(
  crypto: Twox & Pick<Crypto, "blake2b128">,
  publicKey: Uint8Array,
): Uint8Array {
  return concat(registryWorkersPrefix(crypto), blake2_128Concat(crypto, publicKey));
}

/**
 * The key of a worker's evidence in a chain's worker registry. The value is JSON in a `Vec<u8>`.
 * @param publicKey the worker's identity key, 33 bytes
 */
export function registryEvidenceKey(
  crypto: Twox & Pick<Crypto, "blake2b128">,
  publicKey: Uint8Array,
): Uint8Array {
  return concat(storagePrefix(crypto, "Registry", "Evidence"), blake2_128Concat(crypto, publicKey));
}

/** `Blake2_128Concat`: a hash of a map key, followed by the key itself. */
export function blake2_128Concat(crypto: Pick<Crypto, "blake2b128">, key: Uint8Array): Uint8Array {
  return concat(crypto.blake2b128(key), key);
}

/**
 * `Twox64Concat`: a hash of a map key, followed by the key itself. This hasher is safe only for keys that no
 * account can choose freely.
 */
export function twox64Concat(crypto: Pick<Crypto, "twox64">, key: Uint8Array): Uint8Array {
  return concat(crypto.twox64(key), key);
}

/** `Identity`: the map key itself, for keys that are hashes already. */
export function identity(key: Uint8Array): Uint8Array {
  return key;
}
