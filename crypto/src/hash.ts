/** Hashes from OpenSSL where it provides them, otherwise from libsodium or wasm. */
import { createHmac, hash as opensslHash } from "node:crypto";
import type { Crypto } from "@pruntime/core/crypto";
import { createBLAKE2b } from "hash-wasm";
import createXxhash from "xxhash-wasm";
import { plain } from "./plain.ts";
import type { Sodium } from "./sodium.ts";

type Hash = (data: Uint8Array) => Uint8Array;
type OpensslHashes = Pick<Crypto, "sha256" | "sha384" | "sha512" | "blake2b512" | "hmacSha256">;

/** The hashes that OpenSSL provides. */
export const opensslHashes: OpensslHashes = {
  sha256: (data) => plain(opensslHash("sha256", data, "buffer")),
  sha384: (data) => plain(opensslHash("sha384", data, "buffer")),
  sha512: (data) => plain(opensslHash("sha512", data, "buffer")),
  blake2b512: (data) => plain(opensslHash("blake2b512", data, "buffer")),
  hmacSha256: (key, data) => plain(createHmac("sha256", key).update(data).digest()),
};

/** BLAKE2b with a digest of `length` bytes. `node:crypto` provides BLAKE2b with 64 bytes only. */
export async function createBlake2b(sodium: Sodium | undefined, length: 16 | 32): Promise<Hash> {
  if (sodium !== undefined)
    return (data) => {
      const digest = new Uint8Array(length);
      sodium.crypto_generichash(digest, data);
      return digest;
    };
  const hasher = await createBLAKE2b(8 * length);
  return (data) => hasher.init().update(data).digest("binary");
}

/**
 * Substrate's `twox` hashes. A hash of 8 bytes is XXH64 with seed 0, little-endian. A hash of 16 bytes
 * appends XXH64 with seed 1.
 */
export async function createTwox(): Promise<(data: Uint8Array, length: 8 | 16) => Uint8Array> {
  const xxhash = await createXxhash();
  return (data, length) => {
    const out = new Uint8Array(length);
    const view = new DataView(out.buffer);
    for (let i = 0; i < length / 8; i++) view.setBigUint64(8 * i, xxhash.h64Raw(data, BigInt(i)), true);
    return out;
  };
}
