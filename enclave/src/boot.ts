/** The enclave's start: opens what it had sealed, or makes itself anew, and takes up the chain it was given before. */
import type { Blob, EnclaveLog, EnclaveReady, EnclaveSettings } from "@pruntime/api";
import { developmentRoots, hardwareRoots } from "@pruntime/core/attestation";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { Runtime, type RuntimeCode } from "@pruntime/runtime";
import { ask, type Enclave } from "./actions/action.ts";
import { dataPrefix, decodeFile } from "./actions/data.ts";
import { decodeInit, initBlob } from "./actions/init.ts";
import { EnclaveError } from "./error.ts";
import {
  decodeIdentity,
  drawSecrets,
  identityBlob,
  identityOf,
  keepIdentity,
  requireOwnChain,
} from "./identity.ts";
import type { EvidenceProducer } from "./producers/producer.ts";
import type { Sealer } from "./store/sealing.ts";

/** What the process around it provides. */
export interface Platform {
  readonly crypto: Crypto;
  readonly random: Random;
  readonly sealer: Sealer;
  /** 32 bytes. */
  readonly measurement: Uint8Array;
  readonly runtimeCode: RuntimeCode;
  readonly producer: EvidenceProducer;
  /** Offers no development actions, whatever the host asks for. */
  readonly production: boolean;
}

/** A started enclave and what it says first. */
export interface Booted {
  readonly enclave: Enclave;
  readonly messages: readonly (EnclaveReady | EnclaveLog)[];
}

/**
 * An identity or a chain that does not open ends the start: under another identity, or without its chain, it would be another worker. A file that does not
 * open, or is no longer taken, is left out and told: the host could as well have kept it back, and its operator can give it again.
 * Without a lasting sealing key nothing that was kept can be opened: the worker is a new one.
 * @throws EnclaveError `enclave/bad-seal`, `enclave/bad-blob`, `enclave/other-chain`, `enclave/production-dev-actions`; what the runtime refuses of a kept init
 */
export function boot(platform: Platform, settings: EnclaveSettings, blobs: readonly Blob[]): Booted {
  const { crypto, random, sealer, measurement, runtimeCode, producer, production } = platform;
  if (production && settings.devTest) throw new EnclaveError({ code: "enclave/production-dev-actions" });
  const kept = new Map(sealer.lasting ? blobs.map(({ key, bytes }) => [key, bytes]) : []);
  const sealed = kept.get(identityBlob);
  const own = sealed === undefined ? undefined : decodeIdentity(sealer.open(identityBlob, sealed));
  const secrets = own?.secrets ?? drawSecrets(crypto, random);
  const identity = identityOf(crypto, secrets);
  const roots = production ? hardwareRoots : developmentRoots(crypto);
  const trialRuntime = () => new Runtime({ crypto, random, identity, measurement, runtimeCode, roots });
  const runtime = trialRuntime();
  const { devTest } = settings;
  const self = { identity, secrets, boundTo: own?.anchor, life: { ended: false } };
  const enclave: Enclave = {
    crypto,
    random,
    measurement,
    runtime,
    trialRuntime,
    sealer,
    producer,
    devTest,
    ...self,
  };
  const leftOut = resume(enclave, kept);
  const ready: EnclaveReady = {
    kind: "ready",
    publicKey: identity.signer.publicKey,
    ecdhPublicKey: identity.keyPair.publicKey,
    measurement,
    puts: own === undefined ? keepIdentity(sealer, secrets, runtime) : [],
  };
  return { enclave, messages: [ready, bootLog(enclave, own === undefined), ...leftOut] };
}

/** Takes up the chain and the files; what is to be told of files that were left out. */
function resume(enclave: Enclave, kept: ReadonlyMap<string, Uint8Array>): EnclaveLog[] {
  const init = kept.get(initBlob);
  if (init === undefined) return [];
  const { anchor } = ask(enclave, decodeInit(enclave.sealer.open(initBlob, init)));
  requireOwnChain(enclave.boundTo, anchor);
  return [...kept].flatMap(([key, sealed]) =>
    key.startsWith(dataPrefix) ? restoreFile(enclave, key, sealed) : [],
  );
}

function restoreFile(enclave: Enclave, key: string, sealed: Uint8Array): EnclaveLog[] {
  try {
    ask(enclave, { kind: "set-data", ...decodeFile(enclave.sealer.open(key, sealed)) });
    return [];
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return [
      {
        kind: "log",
        level: "warn",
        code: "enclave/file-left-out",
        facts: [
          ["key", key],
          ["why", error.code],
        ],
      },
    ];
  }
}

function bootLog({ runtime, producer }: Enclave, fresh: boolean): EnclaveLog {
  const facts: readonly (readonly [string, string])[] = [
    ["identity", fresh ? "new" : "kept"],
    ["chain", runtime.status() === undefined ? "none yet" : "kept"],
    ["provider", producer.provider],
  ];
  return { kind: "log", level: "info", code: "enclave/booted", facts };
}
