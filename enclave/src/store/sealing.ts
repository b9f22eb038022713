/**
 * Seals blobs, which the host stores for the enclave and can neither read nor swap. Their layout is `1 ‖
 * nonce(12) ‖ AES-256-GCM(content)`. The AAD is `"pruntime/blob/1" ‖ 0x00 ‖ the blob's key`, so no blob can
 * replace a blob with another key. The enclave cannot detect that the host returns an older blob with the
 * same key.
 */
import { concat, utf8 } from "@pruntime/core/bytes";
import { type Aead, type Crypto, hkdfExpand, hkdfExtract, type Random } from "@pruntime/core/crypto";
import { EnclaveError } from "../error.ts";

/** A key under which blobs are sealed. */
export interface SealingKey {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /**
   * Whether the next process has the same key. A process without the key cannot open the blobs, so a new
   * worker starts.
   */
  readonly lasting: boolean;
}

/** The key of simulated workers. It is public, so it protects nothing. */
export const DEVELOPMENT_SEALING_KEY: Uint8Array = utf8("pruntime development sealing key");

/** The sealing key of simulated workers. */
export const developmentKey: SealingKey = { bytes: DEVELOPMENT_SEALING_KEY, lasting: true };

/**
 * Draws a random key, for hardware without a sealing key. No later process can open blobs sealed under it.
 */
export function ephemeralKey(random: Random): SealingKey {
  return { bytes: random(32), lasting: false };
}

/**
 * Derives a key from a secret that the hardware, or its key service, gives only to this code. A label
 * separates this key from other keys derived from the same secret.
 */
export function hardwareKey(crypto: Crypto, provider: string, secret: Uint8Array): SealingKey {
  const bytes = hkdfExpand(
    crypto,
    hkdfExtract(crypto, new Uint8Array(), secret),
    utf8(`pruntime/sealing/1/${provider}`),
    32,
  );
  return { bytes, lasting: true };
}

/** Seals blobs and opens sealed blobs. `key` is the blob's key in the store. */
export interface Sealer {
  /** Whether the sealer can open blobs that an earlier process sealed. */
  readonly lasting: boolean;
  readonly seal: (key: string, content: Uint8Array) => Uint8Array;
  /** @throws {@link EnclaveError} `enclave/bad-seal` */
  readonly open: (key: string, sealed: Uint8Array) => Uint8Array;
}

const version = 1;
const nonceLength = 12;

/** Makes a sealer that uses this key. */
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

/** Splits a sealed blob into the two parts after its version. */
export function splitSealed(sealed: Uint8Array): { readonly nonce: Uint8Array; readonly cipher: Uint8Array } {
  return { nonce: sealed.subarray(1, 1 + nonceLength), cipher: sealed.subarray(1 + nonceLength) };
}

/** The inverse of {@link splitSealed}. */
export function joinSealed(nonce: Uint8Array, cipher: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(version), nonce, cipher);
}

function blobAad(key: string): Uint8Array {
  return concat(utf8("pruntime/blob/1"), Uint8Array.of(0), utf8(key));
}
