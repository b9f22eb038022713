/** sr25519 with schnorrkel compiled to wasm. */
import { sr25519Verify, waitReady } from "@polkadot/wasm-crypto";
import { portableCrypto, type Sr25519 } from "@pruntime/core/crypto";

/** Returns the wasm verifier, or the portable verifier if wasm does not start. */
export async function createSr25519(): Promise<Sr25519> {
  if (!(await waitReady())) return portableCrypto.sr25519;
  return {
    verify(publicKey, message, signature) {
      if (publicKey.length !== 32 || signature.length !== 64) return false;
      // Schnorrkel accepts the identity as a public key, although anyone can forge signatures for this key.
      // The portable verifier refuses the key.
      if (publicKey.every((byte) => byte === 0)) return false;
      return sr25519Verify(signature, message, publicKey);
    },
  };
}
