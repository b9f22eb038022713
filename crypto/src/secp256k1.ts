/**
 * secp256k1 with libsecp256k1 compiled to wasm. libsecp256k1 works on secret keys in constant time, and signs
 * and verifies several times faster than the portable implementation, with the same bytes.
 */
import { instantiateSecp256k1, type Secp256k1 as Library } from "@bitauth/libauth";
import { assertLength, type Secp256k1, type Secp256k1Signer } from "@pruntime/core/crypto";
import { secureRandom } from "./random.ts";

/** Starts the wasm module. A random seed blinds its computations with secret keys. */
export async function createSecp256k1(): Promise<Secp256k1> {
  const library = await instantiateSecp256k1(secureRandom(32));
  return {
    signer: (secret) =>
      secret.length === 32 && library.validatePrivateKey(secret)
        ? signerOf(library, secret.slice())
        : undefined,
    verify: (publicKey, hash, signature) =>
      isPoint(publicKey) &&
      hash.length === 32 &&
      signature.length === 64 &&
      library.verifySignatureCompactLowS(signature, publicKey, hash),
    recover(hash, signature) {
      const v = signature[64] ?? -1;
      const recovery = v >= 27 ? v - 27 : v;
      if (hash.length !== 32 || signature.length !== 65 || !isRecovery(recovery)) return undefined;
      const compact = signature.subarray(0, 64);
      if (!hasLowS(library, compact)) return undefined;
      return valid(library.recoverPublicKeyCompressed(compact, recovery, hash));
    },
    uncompress: (publicKey) =>
      publicKey.length === 33 ? valid(library.uncompressPublicKey(publicKey)) : undefined,
  };
}

function signerOf(library: Library, secret: Uint8Array): Secp256k1Signer {
  const signRecoverable = (hash: Uint8Array): Uint8Array => {
    assertLength("hash", hash, 32); // the library copies a longer hash over its other memory
    const signed = ofValidKey(library.signMessageHashRecoverableCompact(secret, hash));
    return Uint8Array.of(...signed.signature, signed.recoveryId);
  };
  return {
    publicKey: ofValidKey(library.derivePublicKeyCompressed(secret)),
    sign: (hash) => signRecoverable(hash).slice(0, 64),
    signRecoverable,
  };
}

/** Whether a key has one of the two forms of the port. The library also accepts hybrid keys. */
function isPoint(publicKey: Uint8Array): boolean {
  return publicKey.length === 33 || (publicKey.length === 65 && publicKey[0] === 4);
}

function isRecovery(value: number): value is 0 | 1 | 2 | 3 {
  return value >= 0 && value <= 3;
}

/** Whether r ‖ s parses and has the low form of s. The library recovers keys from both forms. */
function hasLowS(library: Library, compact: Uint8Array): boolean {
  const low = library.normalizeSignatureCompact(compact);
  return typeof low !== "string" && Buffer.compare(low, compact) === 0;
}

/** The library returns the reason as a string if its input is not valid. It signs with every valid key. */
function ofValidKey<T>(result: T | string): T {
  return result as T;
}

/** The result, or `undefined` if the input was not valid. */
function valid<T>(result: T | string): T | undefined {
  return typeof result === "string" ? undefined : result;
}
