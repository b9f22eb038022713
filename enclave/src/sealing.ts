/**
 * Sealed blobs: what the host keeps for the enclave and cannot read or swap. `1 ‖ nonce(12) ‖ AES-256-GCM(content)`, AAD = `"pruntime/blob/1" ‖ 0x00 ‖ the
 * blob's key`, so that one blob cannot stand in for another. That the host serves an older blob of the same key it cannot see.
 */
import { concat, utf8 } from "@pruntime/core/bytes";
import type { Aead, Crypto, Random } from "@pruntime/core/crypto";
import { EnclaveError } from "./error.ts";

/** Seals and opens what is kept outside. */
export interface Sealer {
  readonly seal: (key: string, content: Uint8Array) => Uint8Array;
  /** @throws {@link EnclaveError} `enclave/bad-seal` */
  readonly open: (key: string, sealed: Uint8Array) => Uint8Array;
}

/**
 * The key of every simulated worker: sha256 of "pruntime DEVELOPMENT_SEALING_KEY: protects nothing". Everybody can read it here, so it protects
 * nothing from anybody. A TEE's own sealing key takes its place where there is a TEE.
 */
export const DEVELOPMENT_SEALING_KEY = (crypto: Pick<Crypto, "sha256">): Uint8Array =>
  crypto.sha256(utf8("pruntime DEVELOPMENT_SEALING_KEY: protects nothing"));

const version = 1;
const nonceLength = 12;

export function createSealer(crypto: Pick<Crypto, "aes256Gcm">, random: Random, sealingKey: Uint8Array): Sealer {
  const aead: Aead = crypto.aes256Gcm(sealingKey);
  return {
    seal: (key, content) => {
      const nonce = random(nonceLength);
      return concat(Uint8Array.of(version), nonce, aead.seal(nonce, content, blobAad(key)));
    },
    open: (key, sealed) => {
      const nonce = sealed.subarray(1, 1 + nonceLength);
      const content = sealed[0] === version ? aead.open(nonce, sealed.subarray(1 + nonceLength), blobAad(key)) : undefined;
      if (content === undefined) throw new EnclaveError({ code: "enclave/bad-seal", key });
      return content;
    },
  };
}

function blobAad(key: string): Uint8Array {
  return concat(utf8("pruntime/blob/1"), Uint8Array.of(0), utf8(key));
}
