/** HKDF with SHA-256 (RFC 5869), built on the HMAC of the crypto port. */
import { concat } from "../bytes/index.ts";
import type { Crypto } from "./port.ts";

/**
 * Derives a pseudo-random key (32 bytes) from keying material. An empty salt is replaced by 32 zero bytes.
 */
export function hkdfExtract(crypto: Crypto, salt: Uint8Array, material: Uint8Array): Uint8Array {
  return crypto.hmacSha256(salt.length === 0 ? new Uint8Array(32) : salt, material);
}

/** Derives `length` bytes (at most 8160) from a pseudo-random key. `info` names the purpose. */
export function hkdfExpand(crypto: Crypto, key: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(Math.ceil(length / 32) * 32);
  let block: Uint8Array = new Uint8Array();
  for (let i = 0; 32 * i < length; i++) {
    block = crypto.hmacSha256(key, concat(block, info, Uint8Array.of(i + 1)));
    output.set(block, 32 * i);
  }
  return output.slice(0, length);
}
