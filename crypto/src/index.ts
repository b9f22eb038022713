/**
 * The fast crypto provider: OpenSSL through `node:crypto`, wasm, and libsodium where native addons may be loaded. It answers exactly what
 * the portable provider answers, which the contract suite of trusted/core holds both to.
 *
 * secp256k1 stays with the portable provider: recovery in wasm-crypto is 3.6 times faster (measured), but it traps on hostile signatures,
 * and after about 1900 traps (measured) the instance answers nothing any more, sr25519 included.
 */
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import { opensslAes256Gcm } from "./aes.ts";
import { fastVerify, sequentially, withArbiter } from "./ed25519.ts";
import { createBlake2b, createTwox, opensslHashes } from "./hash.ts";
import { opensslP256 } from "./p256.ts";
import { opensslP384 } from "./p384.ts";
import { opensslRsa } from "./rsa.ts";
import { loadSodium } from "./sodium.ts";
import { createSr25519 } from "./sr25519.ts";
import { startVerifyPool } from "./verify-pool.ts";

export { secureRandom } from "./random.ts";

export interface NativeCryptoOptions {
  /** Whether native addons (libsodium) may be loaded; without, or where loading fails, OpenSSL and wasm do the work. */
  readonly addons?: boolean;
  /** Threads that share the work of `ed25519.verifyAll` with this one; none by default. Where none can be started, this one does it all. */
  readonly verifyWorkers?: number;
}

/** Loads what the fast provider needs. Runs under Node's permission flags when neither addons nor workers are asked for. */
export async function createNativeCrypto(options: NativeCryptoOptions = {}): Promise<Crypto> {
  const sodium = options.addons === true ? loadSodium() : undefined;
  const twox = await createTwox();
  const fast = fastVerify(sodium);
  const workers = options.verifyWorkers ?? 0;
  const sodiumFrom = sodium === undefined ? undefined : import.meta.url;
  const fastAll = workers > 0 ? startVerifyPool({ workers, fast, sodiumFrom }).verifyAll : sequentially(fast);
  return {
    name: sodium === undefined ? "native (OpenSSL, wasm)" : "native (OpenSSL, wasm, libsodium)",
    ...opensslHashes,
    blake2b256: await createBlake2b(sodium, 32),
    blake2b128: await createBlake2b(sodium, 16),
    twox64: (data) => twox(data, 8),
    twox128: (data) => twox(data, 16),
    keccak256: portableCrypto.keccak256,
    ed25519: withArbiter(fastAll),
    sr25519: await createSr25519(),
    secp256k1: portableCrypto.secp256k1,
    p256: opensslP256,
    p384: opensslP384,
    rsa: opensslRsa,
    aes256Gcm: opensslAes256Gcm,
  };
}
