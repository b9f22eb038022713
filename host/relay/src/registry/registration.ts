/**
 * Prepares the registration of a worker with its chain's registry: decides whether the worker must be
 * registered, and requests evidence with a recent block's hash as its nonce. For that decision, the relay
 * believes the node and the worker. The chain decides whether it accepts the evidence.
 */
import { type GetStatus, registrationEvidence, setOperator } from "@pruntime/api";
import { decodePolicy, endorseEvidence, type Policy, policyHash } from "@pruntime/core/attestation";
import { equal, fromUtf8, toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { canonicalJson, parseJson } from "@pruntime/core/json";
import { decodeWorkerRecord, recordEndsMs, type WorkerRecord } from "@pruntime/core/registry";
import { decodeAll } from "@pruntime/core/scale";
import { registryPolicyKey, registryWorkerKey, timestampNowKey } from "@pruntime/core/storage-key";
import type { SubstrateNode } from "../node/node.ts";
import type { RemoteWorker } from "../worker.ts";

/** The arguments of `register_worker`. */
export interface Registration {
  /** The evidence with its endorsements, as JSON text. */
  readonly evidence: string;
  readonly publicKey: Uint8Array;
  readonly ecdhPublicKey: Uint8Array;
  readonly anchor: Uint8Array;
  readonly blockNumber: number;
  /** The code that held the worker's keys before it, as JSON text. */
  readonly lineage: string;
}

/**
 * Names the account that operates a worker, and requests fresh evidence from the worker. The nonce is the
 * hash of the node's latest finalized block.
 * @param operator the account, 32 bytes
 * @throws {@link RelayError}
 */
export async function fetchRegistration(
  node: SubstrateNode,
  worker: RemoteWorker,
  operator: Uint8Array,
): Promise<Registration> {
  await worker.call(setOperator, { operator: toHex(operator) });
  const blockNumber = await node.finalizedNumber();
  const nonce = toHex(await node.hashAt(blockNumber));
  const { value, collateral } = await worker.exchange(registrationEvidence, { nonce });
  return {
    evidence: canonicalJson(endorseEvidence(value.evidence, collateral ?? {})),
    publicKey: value.public_key,
    ecdhPublicKey: value.ecdh_public_key,
    anchor: value.anchor,
    blockNumber,
    lineage: canonicalJson(value.lineage),
  };
}

/** The registry's policy and its record of one worker, or the fact that the chain has no registry. */
export type Standing =
  | { readonly kind: "no-registry" }
  /** `record` is `undefined` if the worker is not registered. */
  | {
      readonly kind: "registry";
      readonly policy: Policy;
      readonly policyHash: Uint8Array;
      readonly record: WorkerRecord | undefined;
      /** Chain time in Unix milliseconds. */
      readonly timeMs: number;
    };

/**
 * Reads a worker's standing from the state after block `at`.
 * @throws {@link RelayError}; CodecError, JsonError for a malformed state
 */
export async function fetchStanding(
  node: SubstrateNode,
  crypto: Crypto,
  publicKey: Uint8Array,
  at: Uint8Array,
): Promise<Standing> {
  const policy = await node.storage(registryPolicyKey(crypto), at);
  if (policy === undefined) return { kind: "no-registry" };
  const text = fromUtf8(decodeAll(policy, (r) => r.vecU8()));
  const record = await node.storage(registryWorkerKey(crypto, publicKey), at);
  const time = await node.storage(timestampNowKey(crypto), at);
  return {
    kind: "registry",
    policy: decodePolicy(text),
    policyHash: policyHash(crypto, parseJson(text)),
    record: record && decodeWorkerRecord(record),
    timeMs: time === undefined ? 0 : Number(decodeAll(time, (r) => r.u64())),
  };
}

/**
 * How long a registered worker's record is still valid, in milliseconds; negative if it has expired, and
 * `undefined` if the worker is not registered.
 */
export function remainingMs(standing: Standing): number | undefined {
  if (standing.kind === "no-registry" || standing.record === undefined) return undefined;
  return recordEndsMs(standing.policy, standing.record) - standing.timeMs;
}

/** The part of a record's life, at its end, in which the relay renews the record. */
const renewalShare = 1 / 4;

/**
 * Returns the reason to register the worker, in words; `undefined` if the worker's record matches its status,
 * or if the chain has no registry.
 */
export function whyRegister(standing: Standing, { anchor, ecdh_public_key }: GetStatus): string | undefined {
  if (standing.kind === "no-registry") return undefined;
  const { record } = standing;
  if (record === undefined) return "it is not in the registry";
  if (!equal(record.policyHash, standing.policyHash)) return "the registry has another policy";
  if (toHex(record.ecdhPublicKey) !== ecdh_public_key || toHex(record.anchor) !== anchor)
    return "the registry has other keys for it";
  const { maxAgeSec, notAfterMs = Infinity } = standing.policy;
  const isUseful = standing.timeMs <= notAfterMs;
  const age = standing.timeMs - Number(record.registeredMs);
  if (isUseful && age > maxAgeSec * 1000 * (1 - renewalShare)) return "its record is about to expire";
  return undefined;
}
