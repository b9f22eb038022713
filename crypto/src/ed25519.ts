/**
 * ed25519 by the two rules of the crypto port. If OpenSSL or libsodium accepts a signature by a key that may
 * authenticate a caller, both rules accept it. If one of these fast verifiers refuses a signature, the
 * portable verifier of the rule decides. The caller limits how many votes are checked again.
 */
import { createPublicKey, type KeyObject, verify as opensslVerify } from "node:crypto";
import { type Ed25519, portableCrypto, type SignedMessage } from "@pruntime/core/crypto";
import { PreparedKeys } from "./prepared-keys.ts";
import type { Sodium } from "./sodium.ts";

/**
 * Verifies one signature without the cofactor. ZIP-215 accepts every signature that this verifier accepts.
 * RFC 8032 also accepts it, if {@link mayAuthenticate} holds for the key. The verifier may refuse signatures
 * that these rules accept. The caller checks the lengths.
 */
export type FastVerify = (item: SignedMessage) => boolean;

/**
 * Verifies many signatures. The verdicts are in the order of the items. A promise among them settles when
 * other threads have finished a part, as in the port's `verifyVotes`.
 */
export type FastVerifyAll = (items: readonly SignedMessage[]) => Iterable<boolean | Promise<void>>;

/**
 * Combines fast verifiers with the portable ones. The portable verifier checks again each item that the fast
 * verifier refuses, unless the item's key or signature has the wrong length or the caller's limit is reached.
 */
export function withArbiters(fast: FastVerify, fastAll: FastVerifyAll): Ed25519 {
  const arbiter = portableCrypto.ed25519;
  return {
    verify: (publicKey, message, signature) => {
      const item = { publicKey, message, signature };
      if (!wellFormed(item) || !mayAuthenticate(publicKey)) return false;
      return fast(item) || arbiter.verify(publicKey, message, signature);
    },
    *verifyVotes(items, maxSecondLooks) {
      let looksLeft = maxSecondLooks;
      const rest = items.values();
      for (const accepted of fastAll(items)) {
        if (typeof accepted !== "boolean") {
          yield accepted;
          continue;
        }
        const item = rest.next().value;
        const looksAgain = !accepted && item !== undefined && wellFormed(item) && looksLeft > 0;
        if (looksAgain) looksLeft--;
        if (looksAgain) yield* arbiter.verifyVotes([item], 0);
        else yield accepted;
      }
    },
  };
}

/** The y-coordinates of the points of small order except y = p - 1, little-endian. */
const smallOrder = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);

/**
 * Whether a key of 32 bytes is canonical and not of small order. OpenSSL accepts keys of both other kinds.
 * For a key of small order, anyone can sign.
 */
function mayAuthenticate(publicKey: Uint8Array): boolean {
  const y = Buffer.from(publicKey);
  y[31] = (publicKey[31] as number) & 0x7f; // without the sign of x
  // y = p - 1 has order 2. A greater y is not canonical. p is 2^255 - 19, or ed ff … ff 7f.
  const fromPrimeMinusOne = y.readUInt8(0) >= 0xec && y.toString("hex", 1) === `${"ff".repeat(30)}7f`;
  return !fromPrimeMinusOne && !smallOrder.has(y.toString("hex"));
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
  return opensslVerify(null, message, opensslKey(publicKey), signature);
}

/**
 * The ed25519 keys that are kept prepared for verifying.
 * @limit keys
 * @source chosen: more than the authorities of a chain
 * @past the key that was not used for the longest time is imported again when it is needed
 */
const maxPrepared = 2_048;

const prepared = new PreparedKeys(maxPrepared, (publicKey) =>
  createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: "der", type: "spki" }),
);

/** Returns OpenSSL's key of 32 bytes. OpenSSL takes any 32 bytes, and refuses bad keys when it verifies. */
export function opensslKey(publicKey: Uint8Array): KeyObject {
  return prepared.get(publicKey);
}
