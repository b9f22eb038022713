/**
 * Sealed blobs: what the host keeps for the enclave and cannot read or swap. `1 ‖ nonce(12) ‖ AES-256-GCM(content)`, AAD = `"pruntime/blob/1" ‖ 0x00 ‖ the
 * blob's key`, so that one blob cannot stand in for another. That the host serves an older blob of the same key it cannot see.
 */
import { concat, utf8 } from "@pruntime/core/bytes";
import type { Aead, Crypto, Random } from "@pruntime/core/crypto";
import { EnclaveError } from "./error.ts";

/** Where the sealing key comes from. A TEE derives it from its hardware and the code it measured, and nobody else can. */
export interface SealingKeySource {
  /** What stands behind the key and the measurement, as `get_status` and `init_runtime` name it. */
  readonly provider: string;
  /** 32 bytes, the same on every start. */
  readonly sealingKey: () => Uint8Array;
}

/** The key of every simulated worker. Everybody can read it here: it protects nothing from anybody. */
export const DEVELOPMENT_SEALING_KEY: Uint8Array = utf8("pruntime development sealing key");

/** Stands where a TEE would, and says so. */
export const simulatedKeys: SealingKeySource = { provider: "simulated", sealingKey: () => DEVELOPMENT_SEALING_KEY };

/** Seals and opens what is kept outside. */
export interface Sealer {
  readonly provider: string;
  readonly seal: (key: string, content: Uint8Array) => Uint8Array;
  /** @throws {@link EnclaveError} `enclave/bad-seal` */
  readonly open: (key: string, sealed: Uint8Array) => Uint8Array;
}

const version = 1;
const nonceLength = 12;

export function createSealer(crypto: Pick<Crypto, "aes256Gcm">, random: Random, source: SealingKeySource): Sealer {
  const aead: Aead = crypto.aes256Gcm(source.sealingKey());
  return {
    provider: source.provider,
    seal: (key, content) => {
      const nonce = random(nonceLength);
      return concat(Uint8Array.of(version), nonce, aead.seal(nonce, content, blobAad(key)));
    },
    open: (key, sealed) => {
      const { nonce, cipher } = splitSealed(sealed);
      const content = sealed[0] === version ? aead.open(nonce, cipher, blobAad(key)) : undefined;
      if (content === undefined) throw new EnclaveError({ code: "enclave/bad-seal", key });
      return content;
    },
  };
}

/** The two parts of a sealed blob behind its version. */
export function splitSealed(sealed: Uint8Array): { readonly nonce: Uint8Array; readonly cipher: Uint8Array } {
  return { nonce: sealed.subarray(1, 1 + nonceLength), cipher: sealed.subarray(1 + nonceLength) };
}

/** Puts the two parts together again. */
export function joinSealed(nonce: Uint8Array, cipher: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(version), nonce, cipher);
}

function blobAad(key: string): Uint8Array {
  return concat(utf8("pruntime/blob/1"), Uint8Array.of(0), utf8(key));
}
