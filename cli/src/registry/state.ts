/** Reads the state of a registry from a node, whose answers are trusted. */
import { decodePolicy, type Policy, policyHash } from "@pruntime/core/attestation";
import { fromUtf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { parseJson } from "@pruntime/core/json";
import { decodeWorkerRecord, type WorkerRecord } from "@pruntime/core/registry";
import { decodeAll, type Reader } from "@pruntime/core/scale";
import {
  registryEvidenceKey,
  registryPolicyKey,
  registryWorkersPrefix,
  storagePrefix,
  timestampNowKey,
} from "@pruntime/core/storage-key";
import type { SubstrateNode } from "@pruntime/relay";
import { CliError } from "../error.ts";

/** The registry at one finalized block. */
export interface RegistryState {
  /** The finalized block. */
  readonly at: { readonly number: number; readonly hash: Uint8Array };
  /** Chain time at that block, in Unix milliseconds. */
  readonly timeMs: number;
  readonly mode: RegistryMode;
  readonly policy: Policy;
  readonly policyHash: Uint8Array;
  readonly workers: readonly RegisteredWorker[];
}

/** `production`: the registry refuses simulated evidence, even if its policy accepts it. */
export type RegistryMode = "production" | "development";

/** The registry's entry for one worker, stored under the worker's public key. */
export interface RegisteredWorker extends WorkerRecord {
  /** Identity key, 33 bytes. */
  readonly publicKey: Uint8Array;
}

const keysAtOnce = 256;
const modes: readonly RegistryMode[] = ["production", "development"];

/**
 * Reads the registry at the node's latest finalized block.
 * @throws {@link CliError} `cli/no-registry`; RelayError; CodecError, JsonError, PolicyError for a malformed
 * state
 */
export async function readRegistry(node: SubstrateNode, crypto: Crypto): Promise<RegistryState> {
  const number = await node.finalizedNumber();
  const hash = await node.hashAt(number);
  const policy = await node.storage(registryPolicyKey(crypto), hash);
  if (policy === undefined) throw new CliError({ code: "cli/no-registry", node: node.connection.url });
  const text = fromUtf8(decodeAll(policy, (r) => r.vecU8()));
  return {
    at: { number, hash },
    timeMs: Number(await value(node, timestampNowKey(crypto), hash, (r) => r.u64(), 0n)),
    mode:
      modes[await value(node, storagePrefix(crypto, "Registry", "Mode"), hash, (r) => r.u8(), 0)] ??
      "production",
    policy: decodePolicy(text),
    policyHash: policyHash(crypto, parseJson(text)),
    workers: await readWorkers(node, crypto, hash),
  };
}

/**
 * Reads the evidence of a registered worker from the state of the block with hash `at`. Returns JSON text in
 * UTF-8, or `undefined` if the state has no evidence of the worker.
 */
export async function readRegisteredEvidence(
  node: SubstrateNode,
  crypto: Crypto,
  publicKey: Uint8Array,
  at: Uint8Array,
): Promise<Uint8Array | undefined> {
  return value<Uint8Array | undefined>(
    node,
    registryEvidenceKey(crypto, publicKey),
    at,
    (r) => r.vecU8(),
    undefined,
  );
}

async function readWorkers(
  node: SubstrateNode,
  crypto: Crypto,
  at: Uint8Array,
): Promise<readonly RegisteredWorker[]> {
  const prefix = registryWorkersPrefix(crypto);
  const workers: RegisteredWorker[] = [];
  for (let start: Uint8Array | undefined; ; ) {
    const keys = await node.keysUnder(prefix, keysAtOnce, start, at);
    for (const key of keys) {
      const record = await node.storage(key, at);
      if (record !== undefined) workers.push({ publicKey: key.subarray(-33), ...decodeWorkerRecord(record) });
    }
    start = keys.at(-1);
    if (start === undefined || keys.length < keysAtOnce) return workers;
  }
}

async function value<T>(
  node: SubstrateNode,
  key: Uint8Array,
  at: Uint8Array,
  read: (r: Reader) => T,
  fallback: T,
): Promise<T> {
  const raw = await node.storage(key, at);
  return raw === undefined ? fallback : decodeAll(raw, read);
}
