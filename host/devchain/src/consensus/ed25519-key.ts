import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { concat, fromHex } from "@pruntime/core/bytes";

/** An ed25519 key pair that signs with OpenSSL. Its signatures are deterministic. */
export interface Ed25519Key {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

const pkcs8Prefix = fromHex("302e020100300506032b657004220420");
const spkiPrefixLength = 12;

/** Makes a key pair from a seed. @param seed 32 bytes */
export function ed25519Key(seed: Uint8Array): Ed25519Key {
  const key = createPrivateKey({ key: Buffer.from(concat(pkcs8Prefix, seed)), format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: Uint8Array.from(spki.subarray(spkiPrefixLength)),
    sign: (message) => Uint8Array.from(sign(null, message, key)),
  };
}
