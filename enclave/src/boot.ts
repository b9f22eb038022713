/**
 * Starts the enclave. Opens the records that earlier processes sealed. If these records name a chain,
 * continues on that chain. If they contain no keys, draws new keys.
 */
import type { Blob, EnclaveLog, EnclaveReady, EnclaveSettings } from "@pruntime/api";
import { developmentRoots, hardwareRoots } from "@pruntime/core/attestation";
import { complete } from "@pruntime/core/work";
import { type LeftOut, type RuntimePlatform, startRuntime } from "@pruntime/runtime";
import type { Enclave } from "./actions/action.ts";
import { EnclaveError } from "./error.ts";
import type { EvidenceProducer } from "./producers/producer.ts";
import { putsOf, type StoredBlob, sealEffects, storedIn } from "./store/records.ts";
import type { Sealer } from "./store/sealing.ts";

/** What the process provides for the enclave. */
export interface Platform extends Omit<RuntimePlatform, "roots"> {
  readonly sealer: Sealer;
  readonly producer: EvidenceProducer;
  /** Whether the enclave refuses development actions, even if the host asks for them. */
  readonly production: boolean;
}

/** A started enclave, and the first messages to the host. */
export interface Booted {
  readonly enclave: Enclave;
  readonly messages: readonly (EnclaveReady | EnclaveLog)[];
}

/**
 * Starts the worker from the blobs that the host stored. Without a lasting sealing key the blobs cannot be
 * opened, so a new worker starts. The log names each record that the worker could not restore and does not
 * need, so that the operator can supply the record again.
 * @throws {@link EnclaveError} `enclave/bad-seal`, `enclave/production-dev-actions`; the errors of
 * startRuntime
 */
export function boot(platform: Platform, settings: EnclaveSettings, blobs: readonly Blob[]): Booted {
  const { crypto, random, sealer, measurement, producer, production, ...rest } = platform;
  const { devTest } = settings;
  if (production && devTest) throw new EnclaveError({ code: "enclave/production-dev-actions" });
  const roots = production ? hardwareRoots : developmentRoots(crypto);
  const stored = sealer.lasting ? blobs.map((blob) => storedIn(platform, blob)) : [];
  const own = { ...rest, crypto, random, measurement, roots };
  const { runtime, fresh, effects, leftOut } = startRuntime(own, stored);
  const { identity } = runtime;
  const life = { ended: false };
  const enclave = { crypto, random, identity, measurement, runtime, sealer, producer, devTest, life };
  const ready: EnclaveReady = {
    kind: "ready",
    publicKey: identity.signer.publicKey,
    ecdhPublicKey: identity.keyPair.publicKey,
    measurement,
    puts: putsOf(complete(sealEffects(platform, effects))),
  };
  return { enclave, messages: [ready, bootLog(enclave, fresh), ...leftOut.map(leftOutLog)] };
}

function bootLog({ runtime, producer }: Enclave, fresh: boolean): EnclaveLog {
  const facts: readonly (readonly [string, string])[] = [
    ["identity", fresh ? "new" : "kept"],
    ["chain", runtime.status() === undefined ? "none yet" : "kept"],
    ["provider", producer.provider],
  ];
  return { kind: "log", level: "info", code: "enclave/booted", facts };
}

function leftOutLog({ stored: { key }, why }: LeftOut<StoredBlob>): EnclaveLog {
  const facts = [
    ["key", key],
    ["why", why],
  ] as const;
  return { kind: "log", level: "warn", code: "enclave/record-left-out", facts };
}
