/** Workers as a registry sees them: keys, and simulated evidence for them. */
import { type Binding, endorsedEvidenceToJson, makeSimulated, reportData } from "@pruntime/core/attestation";
import { utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import type { Devchain } from "@pruntime/devchain";
import type { RegisterWorker } from "./extrinsic.ts";

/** The code it claims to run, 32 bytes. */
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

/** The anchor that each of them began from. */
export const anchor: Uint8Array = new Uint8Array(32).fill(0xa0);

/** What evidence of a worker must be bound to that is fresh over the best block. */
export function bindingAt(chain: Devchain, worker: WorkerKeys, block = chain.best()): Binding {
  return { purpose: "registration", ...worker, genesisHash: chain.genesisHash, anchor, nonce: block.hash };
}

/** Simulated evidence, as its JSON. */
export function simulatedEvidence(binding: Binding, code: Uint8Array = measurement): Uint8Array {
  return utf8(
    canonicalJson(
      endorsedEvidenceToJson(makeSimulated(portableCrypto, code, reportData(portableCrypto, binding))),
    ),
  );
}

/** A registration that is right in all. */
export function registrationOf(chain: Devchain, worker: WorkerKeys, block = chain.best()): RegisterWorker {
  const evidence = simulatedEvidence(bindingAt(chain, worker, block));
  return { evidence, ...worker, anchor, blockNumber: block.header.number };
}
