import type { P256KeyPair, Secp256k1Signer } from "@pruntime/core/crypto";

/** Secrets of a worker, made inside the enclave. */
export interface Identity {
  /** Signs replies. */
  readonly signer: Secp256k1Signer;
  /** Commands and queries are sealed to it. */
  readonly keyPair: P256KeyPair;
  /** The scalar of `keyPair`, for handing it over. 32 bytes. */
  readonly ecdhSecret: Uint8Array;
  /** Keys the state root; workers that hold the same have the same roots. 32 bytes. */
  readonly stateKey: Uint8Array;
}
