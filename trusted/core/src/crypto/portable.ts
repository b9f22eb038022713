/**
 * The portable provider, in pure JavaScript: noble, scure, and this project's own RSA and XXH64. It runs in
 * browsers and tests. The fast provider falls back to its ed25519 verifiers.
 */
import { gcm } from "@noble/ciphers/aes.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256, p384 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { verify as verifySr25519 } from "@scure/sr25519";
import { concat } from "../bytes/index.ts";
import { attempt } from "./attempt.ts";
import { assertLength } from "./error.ts";
import type {
  Aead,
  Crypto,
  Ed25519,
  P256,
  P256KeyPair,
  P384,
  Secp256k1,
  Secp256k1Signer,
  SignedMessage,
  Sr25519,
} from "./port.ts";
import { portableRsa } from "./rsa.ts";
import { twox } from "./xxhash.ts";

const portableEd25519: Ed25519 = {
  // Without ZIP-215, noble refuses keys of small order and encodings that are not canonical.
  verify: (publicKey, message, signature) =>
    verifyEd25519({ publicKey, message, signature }, { zip215: false }),
  // The first check already follows the rules of ZIP-215, so a second check would change nothing.
  *verifyVotes(items) {
    for (const item of items) yield verifyEd25519(item, { zip215: true });
  },
};

function verifyEd25519(
  { publicKey, message, signature }: SignedMessage,
  rules: { readonly zip215: boolean },
): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return attempt(() => ed25519.verify(signature, message, publicKey, rules)) ?? false;
}

const portableSr25519: Sr25519 = {
  verify(publicKey, message, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    return attempt(() => verifySr25519(message, signature, publicKey)) ?? false;
  },
};

const portableSecp256k1: Secp256k1 = {
  signer: (secret) =>
    secret.length === 32 && secp256k1.utils.isValidSecretKey(secret) ? secp256k1Signer(secret) : undefined,
  verify(publicKey, hash, signature) {
    if (hash.length !== 32 || signature.length !== 64) return false;
    return (
      attempt(() => secp256k1.verify(signature, hash, publicKey, { prehash: false, lowS: true })) ?? false
    );
  },
  recover(hash, signature) {
    const v = signature[64] ?? -1;
    const recovery = v >= 27 ? v - 27 : v;
    if (hash.length !== 32 || signature.length !== 65 || recovery < 0 || recovery > 3) return undefined;
    return attempt(() => {
      const parsed = secp256k1.Signature.fromBytes(signature.subarray(0, 64), "compact").addRecoveryBit(
        recovery,
      );
      return parsed.hasHighS() ? undefined : parsed.recoverPublicKey(hash).toBytes(true);
    });
  },
  uncompress(publicKey) {
    if (publicKey.length !== 33) return undefined;
    return attempt(() => secp256k1.Point.fromBytes(publicKey).toBytes(false));
  },
};

function secp256k1Signer(input: Uint8Array): Secp256k1Signer {
  const secret = input.slice();
  const recovered = (hash: Uint8Array): Uint8Array => {
    assertLength("hash", hash, 32);
    const signature = secp256k1.sign(hash, secret, { prehash: false, lowS: true, format: "recovered" });
    return concat(signature.subarray(1), signature.subarray(0, 1)); // noble puts v first
  };
  return {
    publicKey: secp256k1.getPublicKey(secret, true),
    sign: (hash) => recovered(hash).slice(0, 64),
    signRecoverable: recovered,
  };
}

const portableP256: P256 = {
  keyPair: (secret) =>
    secret.length === 32 && p256.utils.isValidSecretKey(secret) ? p256KeyPair(secret) : undefined,
  verify(publicKey, message, signature) {
    if (publicKey.length !== 65 || signature.length !== 64) return false;
    return attempt(() => p256.verify(signature, message, publicKey, { prehash: true, lowS: false })) ?? false;
  },
};

function p256KeyPair(input: Uint8Array): P256KeyPair {
  const secret = input.slice();
  return {
    publicKey: p256.getPublicKey(secret, false),
    sharedX(peer) {
      if (peer.length !== 65) return undefined;
      return attempt(() => p256.getSharedSecret(secret, peer, false).slice(1, 33));
    },
  };
}

const portableP384: P384 = {
  verify(publicKey, message, signature) {
    if (publicKey.length !== 97 || signature.length !== 96) return false;
    return attempt(() => p384.verify(signature, message, publicKey, { prehash: true, lowS: false })) ?? false;
  },
};

function portableAes256Gcm(input: Uint8Array): Aead {
  assertLength("key", input, 32);
  const key = input.slice();
  return {
    seal(iv, plaintext, aad) {
      assertLength("iv", iv, 12);
      return gcm(key, iv, aad).encrypt(plaintext);
    },
    open(iv, ciphertext, aad) {
      if (iv.length !== 12 || ciphertext.length < 16) return undefined;
      return attempt(() => gcm(key, iv, aad).decrypt(ciphertext));
    },
  };
}

/** Every primitive of the port, in pure JavaScript. RSA and XXH64 are this project's own code. */
export const portableCrypto: Crypto = {
  name: "portable",
  blake2b256: (data) => blake2b(data, { dkLen: 32 }),
  blake2b512: (data) => blake2b(data, { dkLen: 64 }),
  blake2b128: (data) => blake2b(data, { dkLen: 16 }),
  twox64: (data) => twox(data, 8),
  twox128: (data) => twox(data, 16),
  sha256: (data) => sha256(data),
  sha384: (data) => sha384(data),
  sha512: (data) => sha512(data),
  keccak256: (data) => keccak_256(data),
  hmacSha256: (key, data) => hmac(sha256, key, data),
  ed25519: portableEd25519,
  sr25519: portableSr25519,
  secp256k1: portableSecp256k1,
  p256: portableP256,
  p384: portableP384,
  rsa: portableRsa,
  aes256Gcm: portableAes256Gcm,
};
