/** The worker's secrets: made here, from the enclave's randomness, and kept only sealed. A worker that restarts is the same worker. */
import type { Crypto, Random } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { decodeAll, encode } from "@pruntime/core/scale";
import type { Identity, SharedSecrets } from "@pruntime/runtime";
import { EnclaveError } from "./error.ts";

/** The three secrets, 32 bytes each, as they are sealed: `1 ‖ identity ‖ key agreement ‖ state key`. */
interface Secrets {
  readonly signing: Uint8Array;
  readonly agreement: Uint8Array;
  readonly stateKey: Uint8Array;
}

/** Name of the sealed blob. */
export const identityBlob = "identity";

const version = 1;

/** Draws new secrets; the content to be sealed. @throws {@link EnclaveError} `enclave/bad-random` */
export function drawIdentity(crypto: Crypto, random: Random): Uint8Array {
  const signing = draw(random, (secret) => crypto.secp256k1.signer(secret) !== undefined);
  const agreement = draw(random, (secret) => crypto.p256.keyPair(secret) !== undefined);
  return encodeSecrets({ signing, agreement, stateKey: random(32) });
}

/** The same identity with secrets that another worker has handed over; the content to be sealed. @throws {@link EnclaveError} `enclave/bad-blob` */
export function withShared(content: Uint8Array, { agreement, stateKey }: SharedSecrets): Uint8Array {
  return encodeSecrets({ signing: decodeSecrets(content).signing, agreement, stateKey });
}

function encodeSecrets(input: Secrets): Uint8Array {
  return encode(input, (w, secrets) => {
    w.u8(version).raw(secrets.signing).raw(secrets.agreement).raw(secrets.stateKey);
  });
}

/** Prepares what {@link drawIdentity} drew. @throws {@link EnclaveError} `enclave/bad-blob` */
export function readIdentity(crypto: Crypto, content: Uint8Array): Identity {
  const { signing, agreement, stateKey } = decodeSecrets(content);
  const [signer, keyPair] = [crypto.secp256k1.signer(signing), crypto.p256.keyPair(agreement)];
  if (signer === undefined || keyPair === undefined) throw new EnclaveError({ code: "enclave/bad-blob", key: identityBlob });
  return { signer, keyPair, agreement, stateKey };
}

function decodeSecrets(content: Uint8Array): Secrets {
  try {
    return decodeAll(content, (r) => {
      const have = r.u8();
      if (have !== version) throw r.badTag("Secrets", have);
      return { signing: r.take(32).slice(), agreement: r.take(32).slice(), stateKey: r.take(32).slice() };
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
