/**
 * Sealed blobs: what the host keeps for the enclave and cannot read or swap. `1 ‖ nonce(12) ‖ AES-256-GCM(content)`, AAD = `"pruntime/blob/1" ‖ 0x00 ‖ the
 * blob's key`, so that one blob cannot stand in for another. That the host serves an older blob of the same key it cannot see.
 */
import { concat, utf8 } from "@pruntime/core/bytes";
import { type Aead, type Crypto, hkdfExpand, hkdfExtract, type Random } from "@pruntime/core/crypto";
import { EnclaveError } from "../error.ts";

/** A key to seal under. */
export interface SealingKey {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /** Whether the next start has it again; if not, what was kept cannot be opened, and the worker is a new one. */
  readonly lasting: boolean;
}

/** The key of simulated workers. Everybody can read it here: it protects nothing from anybody. */
export const DEVELOPMENT_SEALING_KEY: Uint8Array = utf8("pruntime development sealing key");

export const developmentKey: SealingKey = { bytes: DEVELOPMENT_SEALING_KEY, lasting: true };

/** For hardware without a sealing key: nothing that is kept outlives the process. */
export function ephemeralKey(random: Random): SealingKey {
  return { bytes: random(32), lasting: false };
}

/** From a secret that hardware, or the key service behind it, gives this code alone. The label keeps it apart from other uses of that secret. */
export function hardwareKey(crypto: Crypto, provider: string, secret: Uint8Array): SealingKey {
  const bytes = hkdfExpand(
    crypto,
    hkdfExtract(crypto, new Uint8Array(), secret),
    utf8(`pruntime/sealing/1/${provider}`),
    32,
  );
  return { bytes, lasting: true };
}

/** Seals and opens what is kept outside. */
export interface Sealer {
  /** Whether it opens what was sealed before the process started. */
  readonly lasting: boolean;
  readonly seal: (key: string, content: Uint8Array) => Uint8Array;
  /** @throws {@link EnclaveError} `enclave/bad-seal` */
  readonly open: (key: string, sealed: Uint8Array) => Uint8Array;
}

const version = 1;
const nonceLength = 12;

export function createSealer(crypto: Pick<Crypto, "aes256Gcm">, random: Random, key: SealingKey): Sealer {
  const aead: Aead = crypto.aes256Gcm(key.bytes);
  return {
    lasting: key.lasting,
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
