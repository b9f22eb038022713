/**
 * The fast implementation of the crypto port: OpenSSL through `node:crypto`, wasm, and libsodium where native
 * addons may be loaded. It gives the same results as the portable implementation, except that
 * `ed25519.verifyVotes` may refuse valid votes after `maxSecondLooks` second checks. The contract suite of
 * trusted/core checks both implementations.
 *
 * secp256k1 is not taken from wasm-crypto, whose recovery traps on hostile signatures. After about 1900 traps
 * (measured), its instance no longer answers any call, not even for sr25519.
 */
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import { opensslAes256Gcm } from "./aes.ts";
import { inBackground } from "./background.ts";
import { fastVerify, sequentially, withArbiters } from "./ed25519.ts";
import { createBlake2b, createTwox, opensslHashes } from "./hash.ts";
import { opensslP256 } from "./p256.ts";
import { opensslP384 } from "./p384.ts";
import { opensslRsa } from "./rsa.ts";
import { createSecp256k1 } from "./secp256k1.ts";
import { loadSodium } from "./sodium.ts";
import { createSr25519 } from "./sr25519.ts";

export { secureRandom } from "./random.ts";
export { unzstd } from "./zstd.ts";

/** What the fast implementation may use. */
export interface NativeCryptoOptions {
  /**
   * Whether the native addon libsodium may be loaded; default false. Without the addon, OpenSSL and wasm are
   * used.
   */
  readonly addons?: boolean;
  /**
   * Whether other threads verify the votes of `ed25519.verifyVotes` while the caller waits; default false. If
   * the caller does not wait, the calling thread does the work.
   */
  readonly background?: boolean;
}

/**
 * Loads the fast implementation. If Node's permission flags forbid addons, the implementation does without
 * them.
 */
export async function createNativeCrypto(options: NativeCryptoOptions = {}): Promise<Crypto> {
  const sodium = options.addons === true ? loadSodium() : undefined;
  const twox = await createTwox();
  const fast = fastVerify(sodium);
  const fastAll = options.background === true ? inBackground(fast) : sequentially(fast);
  return {
    name: sodium === undefined ? "native (OpenSSL, wasm)" : "native (OpenSSL, wasm, libsodium)",
    ...opensslHashes,
    blake2b256: await createBlake2b(sodium, 32),
    blake2b128: await createBlake2b(sodium, 16),
    twox64: (data) => twox(data, 8),
    twox128: (data) => twox(data, 16),
    keccak256: portableCrypto.keccak256,
    ed25519: withArbiters(fast, fastAll),
    sr25519: await createSr25519(),
    secp256k1: await createSecp256k1(),
    p256: opensslP256,
    p384: opensslP384,
    rsa: opensslRsa,
    aes256Gcm: opensslAes256Gcm,
  };
}
