/** Makes workers for tests of the registry: keys, simulated evidence for the keys, and registrations. */
import { type Binding, endorsedEvidenceToJson, makeSimulated, reportData } from "@pruntime/core/attestation";
import { utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import type { Devchain } from "@pruntime/devchain";
import type { RegisterWorker } from "./extrinsic.ts";
import { signer } from "./keys.ts";

/** The measurement of the code that each worker claims to run, 32 bytes. */
export const measurement: Uint8Array = new Uint8Array(32).fill(0xc0);

export interface WorkerKeys {
  readonly publicKey: Uint8Array;
  readonly ecdhPublicKey: Uint8Array;
}

export function workerKeys(seed: number): WorkerKeys {
  const secret = new Uint8Array(32).fill(seed);
  return {
    publicKey: portableCrypto.secp256k1.signer(secret)!.publicKey,
    ecdhPublicKey: portableCrypto.p256.keyPair(secret)!.publicKey,
  };
}

/** The anchor from which each worker started. */
export const anchor: Uint8Array = new Uint8Array(32).fill(0xa0);

/**
 * The values to which a worker's evidence must be bound if its nonce is the hash of `block`, and if Alice's
 * account operates the worker.
 */
export function bindingAt(
  chain: Devchain,
  worker: WorkerKeys,
  block = chain.best(),
  operator: Uint8Array = signer("Alice").id,
): Binding {
  const nonce = block.hash;
  return { purpose: "registration", ...worker, genesisHash: chain.genesisHash, anchor, nonce, operator };
}

/** Makes simulated evidence as JSON. */
export function simulatedEvidence(binding: Binding, code: Uint8Array = measurement): Uint8Array {
  return utf8(
    canonicalJson(
      endorsedEvidenceToJson(makeSimulated(portableCrypto, code, reportData(portableCrypto, binding))),
    ),
  );
}

/** Makes a registration that the registry accepts from the operator's account, by default Alice's. */
export function registrationOf(
  chain: Devchain,
  worker: WorkerKeys,
  block = chain.best(),
  operator?: Uint8Array,
): RegisterWorker {
  const evidence = simulatedEvidence(bindingAt(chain, worker, block, operator));
  return { evidence, ...worker, anchor, blockNumber: block.header.number, lineage: utf8("[]") };
}
