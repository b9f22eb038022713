/**
 * ed25519 as GRANDPA nodes verify it (ZIP-215). OpenSSL and libsodium accept only a subset of the signatures
 * that ZIP-215 accepts, so if one of these fast verifiers accepts, the result is final. If it does not, the
 * portable verifier checks the signature again. The caller limits how many signatures are checked again.
 */
import { createPublicKey, type KeyObject, verify as opensslVerify } from "node:crypto";
import { type Ed25519, portableCrypto, type SignedMessage } from "@pruntime/core/crypto";
import type { Sodium } from "./sodium.ts";

/**
 * Verifies one signature. ZIP-215 accepts every signature that this verifier accepts, but the verifier may
 * refuse signatures that ZIP-215 accepts. The caller checks the lengths.
 */
export type FastVerify = (item: SignedMessage) => boolean;

/** Verifies many signatures. The results are in the order of the items. */
export type FastVerifyAll = (items: readonly SignedMessage[]) => Iterable<boolean>;

/**
 * Combines a fast verifier with the portable verifier. The portable verifier checks again each item that the
 * fast verifier refuses, unless the item's key or signature has the wrong length or the caller's limit is
 * reached.
 */
export function withArbiter(fastAll: FastVerifyAll): Ed25519 {
  const arbiter = portableCrypto.ed25519.verify;
  function* verifyAll(items: readonly SignedMessage[], maxSecondLooks: number): Generator<boolean, void> {
    let looksLeft = maxSecondLooks;
    const rest = items.values();
    for (const accepted of fastAll(items)) {
      const item = rest.next().value;
      const looksAgain = !accepted && item !== undefined && wellFormed(item) && looksLeft > 0;
      if (looksAgain) looksLeft--;
      yield looksAgain ? arbiter(item.publicKey, item.message, item.signature) : accepted;
    }
  }
  return {
    verify: (publicKey, message, signature) => {
      const [valid] = verifyAll([{ publicKey, message, signature }], 1);
      return valid === true;
    },
    verifyAll,
  };
}

/** Verifies the items one after another in the calling thread, each when its result is requested. */
export function sequentially(fast: FastVerify): FastVerifyAll {
  return function* (items) {
    for (const item of items) yield wellFormed(item) && fast(item);
  };
}

/** Returns whether the key has 32 bytes and the signature 64. Callers refuse all other items immediately. */
export function wellFormed({ publicKey, signature }: SignedMessage): boolean {
  return publicKey.length === 32 && signature.length === 64;
}

/** Returns the fastest available verifier: libsodium's if libsodium is loaded, otherwise OpenSSL's. */
export function fastVerify(sodium: Sodium | undefined): FastVerify {
  return sodium === undefined
    ? openssl
    : (item) => sodium.crypto_sign_verify_detached(item.signature, item.message, item.publicKey);
}

const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex");

function openssl({ publicKey, message, signature }: SignedMessage): boolean {
  return opensslVerify(null, message, keyObject(publicKey), signature);
}

/**
 * A cache of prepared keys: an authority set stays the same for thousands of blocks, and preparing a key
 * takes half as long as a verification.
 */
const prepared = new Map<string, KeyObject>();
const maxPrepared = 2_048;

function keyObject(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey).toString("latin1");
  const known = prepared.get(name);
  if (known !== undefined) return known;
  if (prepared.size >= maxPrepared) prepared.clear();
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: "der", type: "spki" });
  prepared.set(name, key);
  return key;
}
