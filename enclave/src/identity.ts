/**
 * The worker's secrets: made here, from the enclave's randomness, and kept only sealed. A worker that restarts is the same worker.
 *
 * They are kept together with the anchor of the one chain they are for, and not before there is one: a host that could give the same keys another chain could write that
 * chain's policy itself, have them handed over to code of its own, or have a worker take keys that it knows.
 */
import type { Blob } from "@pruntime/api";
import { equal } from "@pruntime/core/bytes";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeAll, encode } from "@pruntime/core/scale";
import type { Identity, Runtime } from "@pruntime/runtime";
import { EnclaveError } from "./error.ts";
import type { Sealer } from "./store/sealing.ts";

/** The three secrets, 32 bytes each. */
export interface Secrets {
  /** Scalar of the identity key, which signs replies. */
  readonly signing: Uint8Array;
  /** Scalar of the key agreement key, which commands and queries are sealed to. */
  readonly ecdhSecret: Uint8Array;
  /** Keys the state root. */
  readonly stateKey: Uint8Array;
}

/** Name of the sealed blob. */
export const identityBlob = "identity";

const version = 2;

/** Draws new secrets. @throws {@link EnclaveError} `enclave/bad-random` */
export function drawSecrets(crypto: Crypto, random: Random): Secrets {
  const signing = draw(random, (secret) => crypto.secp256k1.signer(secret) !== undefined);
  const ecdhSecret = draw(random, (secret) => crypto.p256.keyPair(secret) !== undefined);
  return { signing, ecdhSecret, stateKey: random(32) };
}

/** Makes keys of secrets. @throws {@link EnclaveError} `enclave/bad-blob` */
export function identityOf(crypto: Crypto, { signing, ecdhSecret, stateKey }: Secrets): Identity {
  const [signer, keyPair] = [crypto.secp256k1.signer(signing), crypto.p256.keyPair(ecdhSecret)];
  if (signer === undefined || keyPair === undefined)
    throw new EnclaveError({ code: "enclave/bad-blob", key: identityBlob });
  return { signer, keyPair, ecdhSecret, stateKey };
}

/** Secrets, and the anchor of their chain, 32 bytes. */
export interface KeptIdentity {
  readonly secrets: Secrets;
  readonly anchor: Uint8Array;
}

/** Secrets that were kept for one chain are for no other. @throws {@link EnclaveError} `enclave/other-chain` */
export function requireOwnChain(boundTo: Uint8Array | undefined, anchor: Uint8Array): void {
  if (boundTo !== undefined && !equal(boundTo, anchor))
    throw new EnclaveError({ code: "enclave/other-chain" });
}

/** What the host shall keep of secrets: nothing while there is no chain that they are for. */
export function keepIdentity(sealer: Sealer, secrets: Secrets, runtime: Runtime): readonly Blob[] {
  const status = runtime.status();
  if (status === undefined) return [];
  const content = encodeIdentity({ secrets, anchor: status.chain.anchor });
  return [{ key: identityBlob, bytes: sealer.seal(identityBlob, content) }];
}

/** The content to be sealed: `2 ‖ identity ‖ ECDH secret ‖ state key ‖ anchor`. */
export function encodeIdentity(kept: KeptIdentity): Uint8Array {
  return encode(kept, (w, { secrets: { signing, ecdhSecret, stateKey }, anchor }) => {
    w.u8(version).raw(signing).raw(ecdhSecret).raw(stateKey).raw(anchor);
  });
}

/** What {@link encodeIdentity} wrote. @throws {@link EnclaveError} `enclave/bad-blob` */
export function decodeIdentity(content: Uint8Array): KeptIdentity {
  try {
    return decodeAll(content, (r) => {
      const have = r.u8();
      if (have !== version) throw r.badTag("Identity", have);
      const secret = () => r.take(32).slice();
      return {
        secrets: { signing: secret(), ecdhSecret: secret(), stateKey: secret() },
        anchor: r.take(32).slice(),
      };
    });
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new EnclaveError({ code: "enclave/bad-blob", key: identityBlob }, { cause });
  }
}

/** One draw in 2^32 is no scalar; ten in a row are a broken source. */
function draw(random: Random, isScalar: (secret: Uint8Array) => boolean): Uint8Array {
  for (let i = 0; i < 10; i++) {
    const secret = random(32);
    if (isScalar(secret)) return secret;
  }
  throw new EnclaveError({ code: "enclave/bad-random" });
}
