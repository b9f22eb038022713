/** A worker's secrets, which are drawn inside the enclave, and the keys made from them. */
import type { Crypto, P256KeyPair, Random, Secp256k1Signer } from "@pruntime/core/crypto";
import { RuntimeError } from "./error.ts";

/** The three secrets, 32 bytes each. */
export interface Secrets {
  /** The scalar of the identity key, which signs replies. */
  readonly signing: Uint8Array;
  /** The scalar of the key agreement key. Commands and v1 queries are sealed to its public key. */
  readonly ecdhSecret: Uint8Array;
  /** The key of the state root. Workers with the same state key have the same roots. */
  readonly stateKey: Uint8Array;
}

/** The keys with which a worker signs and opens messages. */
export interface WorkerKeys {
  /** The identity key, which signs replies. */
  readonly signer: Secp256k1Signer;
  /** The key agreement key. Commands and v1 queries are sealed to its public key. */
  readonly keyPair: P256KeyPair;
}

/** A worker's secrets, and the keys made from them. */
export interface Identity extends WorkerKeys {
  readonly secrets: Secrets;
}

/** Draws new secrets. @throws {@link RuntimeError} `runtime/bad-random` */
export function drawSecrets(crypto: Crypto, random: Random): Secrets {
  const signing = draw(random, (secret) => crypto.secp256k1.signer(secret) !== undefined);
  const ecdhSecret = draw(random, (secret) => crypto.p256.keyPair(secret) !== undefined);
  return { signing, ecdhSecret, stateKey: random(32) };
}

/**
 * Makes a worker's keys from its secrets. @throws {@link RuntimeError} `runtime/bad-record` for secrets that
 * are not scalars
 */
export function identityOf(crypto: Crypto, secrets: Secrets): Identity {
  const signer = crypto.secp256k1.signer(secrets.signing);
  const keyPair = crypto.p256.keyPair(secrets.ecdhSecret);
  if (signer === undefined || keyPair === undefined)
    throw new RuntimeError({ code: "runtime/bad-record", kind: "identity" });
  return { secrets, signer, keyPair };
}

/**
 * Draws a secret that is a scalar. For P-256, about one draw in 2^32 is not a scalar, and for secp256k1 far
 * fewer. Ten such draws in a row mean that the random source is broken.
 */
function draw(random: Random, isScalar: (secret: Uint8Array) => boolean): Uint8Array {
  for (let i = 0; i < 10; i++) {
    const secret = random(32);
    if (isScalar(secret)) return secret;
  }
  throw new RuntimeError({ code: "runtime/bad-random" });
}
