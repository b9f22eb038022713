/**
 * Makes key pairs of the development accounts in each signature scheme, with @polkadot/api instead of the
 * chain's own code.
 */
import { Keyring } from "@polkadot/api";
import { portableCrypto } from "@pruntime/core/crypto";
import { createNativeCrypto } from "@pruntime/crypto-native";

export type Scheme = "ed25519" | "sr25519" | "ecdsa";

export interface Signer {
  readonly scheme: Scheme;
  /** The account id, 32 bytes. */
  readonly id: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

await createNativeCrypto(); // initialises the wasm that key pairs also use

/** The key pair of `//name`. */
export function signer(name: string, scheme: Scheme = "sr25519"): Signer {
  const pair = new Keyring({ type: scheme }).addFromUri(`//${name}`);
  const id = scheme === "ecdsa" ? portableCrypto.blake2b256(pair.publicKey) : pair.publicKey;
  return { scheme, id, sign: (message) => pair.sign(message) };
}
