/**
 * The registry of workers. An account registers a worker with evidence that is authentic, bound to this chain
 * and a recent block, and accepted by the chain's policy. Workers and clients run the same verifier.
 */
import {
  type AttestationRoots,
  type Authentic,
  appraise,
  appraiseLineage,
  boundData,
  decodeEndorsedEvidence,
  decodeLineage,
  decodePolicy,
  type EndorsedEvidence,
  encodeLineage,
  evidenceKinds,
  type Lineage,
  type Policy,
  policyHash,
  tcbStatuses,
  verifyBinding,
  verifyEvidence,
} from "@pruntime/core/attestation";
import { from0x, fromHex, fromUtf8, to0x, utf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { canonicalJson, parseJson } from "@pruntime/core/json";
import { devAccounts } from "../accounts/dev-accounts.ts";
import type { Unit } from "../frame/codec.ts";
import type { Context } from "../frame/context.ts";
import { failuresOf } from "../frame/failure.ts";
import type { Pallet } from "../frame/pallet.ts";
import type { Storage } from "../frame/storage.ts";
import { type StorageItem, storageMap, storageValue } from "../frame/storage-item.ts";
import { type NamedType, unitEnum } from "../metadata/type-registry.ts";
import type { RegistryOptions } from "../options.ts";
import { blockHash, blockNumber } from "./system.ts";
import { now } from "./timestamp.ts";

/** The mode, policy and admin of the registry at genesis, and the trust roots for evidence. */
export interface RegistryGenesis extends RegistryOptions {
  readonly roots: AttestationRoots;
}

interface SetPolicy {
  readonly policy: Uint8Array;
}

/** The arguments of `register_worker`; keys and hashes are 0x-hex. */
interface Registration {
  readonly evidence: Uint8Array;
  readonly public_key: string;
  readonly ecdh_public_key: string;
  readonly anchor: string;
  readonly block_number: number;
  /** JSON. The record has it in canonical form. */
  readonly lineage: Uint8Array;
}

interface Deregistration {
  readonly public_key: string;
}

/** An entry of `Registry.Workers`. `decodeWorkerRecord` of core decodes the same layout. */
interface StoredWorker {
  readonly operator: string;
  readonly kind: Unit;
  readonly measurements: readonly { readonly name: string; readonly value: Uint8Array }[];
  readonly tcb_status: Unit;
  readonly advisories: readonly string[];
  readonly ecdh_public_key: string;
  readonly genesis_hash: string;
  readonly anchor: string;
  readonly registered_at: number;
  readonly registered_ms: bigint;
  readonly evidence_block: number;
  readonly evidence_hash: string;
  readonly policy_hash: string;
  readonly lineage: Uint8Array;
}

/** The longest evidence that `register_worker` accepts, in bytes. */
const maxEvidence = 512 * 1024;
/** The evidence's nonce must be the hash of one of this many blocks directly before the registration. */
const evidenceWindow = 150;

const errors = [
  "NotAdmin",
  "BadPolicy",
  "EvidenceTooLarge",
  "StaleBlock",
  "Replayed",
  "BadEvidence",
  "BadLineage",
  "SimulatedInProduction",
  "NotAuthentic",
  "WrongReportData",
  "OlderEvidence",
  "Debug",
  "NotAccepted",
  "NotRegistered",
  "NotOperator",
] as const;
type RegistryError = (typeof errors)[number];
const failure = failuresOf<RegistryError>("Registry");

const workerKey = "[u8; 33]";
const mode: StorageItem<Unit<"Production" | "Development">, []> = storageValue(
  "Registry",
  "Mode",
  "RegistryMode",
);
const admin: StorageItem<string, []> = storageValue("Registry", "Admin", "AccountId32");
const policyText: StorageItem<Uint8Array, []> = storageValue("Registry", "Policy", "Vec<u8>");
const workers: StorageItem<StoredWorker, [publicKey: string]> = byWorker("Workers", "WorkerRecord");
const evidenceOf: StorageItem<Uint8Array, [publicKey: string]> = byWorker("Evidence", "Vec<u8>");
/** The hashes that {@link spend} remembers for a block. An entry counts while the block is in the window. */
const spentEvidence: StorageItem<readonly string[], [block: number]> = storageMap(
  "Registry",
  "SpentEvidence",
  {
    key: "u32",
    hashers: ["Identity"],
    value: "Vec<H256>",
  },
);
/** The oldest block that may have an entry in {@link spentEvidence}. */
const oldestSpent: StorageItem<number, []> = storageValue("Registry", "OldestSpent", "u32");

function byWorker<V>(name: string, value: string): StorageItem<V, [publicKey: string]> {
  return storageMap("Registry", name, { key: workerKey, hashers: ["Blake2128Concat"], value });
}

/** The weight of a registration, in picoseconds. Verifying evidence takes about 20 ms. */
const registrationWeight = 20_000_000_000n;

/** Makes the pallet for the registry of workers. */
export function registry(genesis: RegistryGenesis): Pallet {
  return {
    name: "Registry",
    index: 10,
    types,
    calls: [
      {
        name: "set_policy",
        index: 0,
        args: { policy: "Vec<u8>" },
        docs:
          "Replaces the policy (JSON) that evidence must satisfy. Only the admin may do so. " +
          "Each earlier record keeps the hash of the policy that accepted its evidence.",
        run: setPolicy,
      },
      {
        name: "register_worker",
        index: 1,
        args: {
          evidence: "Vec<u8>",
          public_key: workerKey,
          ecdh_public_key: "[u8; 65]",
          anchor: "H256",
          block_number: "u32",
          lineage: "Vec<u8>",
        },
        docs:
          "Registers a worker, or registers it again, with evidence (JSON) that is bound to the worker's " +
          "keys, this chain, the hash of a recent block, and the account that signs this call.",
        run: (context, who, args: Registration) => registerWorker(context, genesis.roots, who, args),
        weight: () => registrationWeight,
      },
      {
        name: "deregister_worker",
        index: 2,
        args: { public_key: workerKey },
        docs: "Removes a worker. Only the account that registered the worker and the admin may do so.",
        run: deregisterWorker,
      },
    ],
    events: {
      PolicyChanged: { hash: "H256" },
      WorkerRegistered: {
        public_key: workerKey,
        operator: "AccountId32",
        kind: "EvidenceKind",
        evidence_hash: "H256",
      },
      WorkerRemoved: { public_key: workerKey },
    },
    errors,
    constants: { MaxEvidence: ["u32", maxEvidence], EvidenceWindow: ["u32", evidenceWindow] },
    storage: [mode, admin, policyText, workers, evidenceOf, spentEvidence, oldestSpent],
    genesis: ({ storage }) => putGenesis(storage, genesis),
  };
}

const types: Readonly<Record<string, NamedType>> = {
  RegistryMode: { path: "pallet_registry::Mode", variants: unitEnum("Production", "Development") },
  EvidenceKind: {
    path: "pallet_registry::EvidenceKind",
    variants: unitEnum(...evidenceKinds.map(capitalised)),
  },
  TcbStatus: { path: "pallet_registry::TcbStatus", variants: unitEnum(...tcbStatuses) },
  Measurement: { path: "pallet_registry::Measurement", fields: { name: "str", value: "Vec<u8>" } },
  WorkerRecord: {
    path: "pallet_registry::WorkerRecord",
    fields: {
      operator: "AccountId32",
      kind: "EvidenceKind",
      measurements: "Vec<Measurement>",
      tcb_status: "TcbStatus",
      advisories: "Vec<str>",
      ecdh_public_key: "[u8; 65]",
      genesis_hash: "H256",
      anchor: "H256",
      registered_at: "u32",
      registered_ms: "u64",
      evidence_block: "u32",
      evidence_hash: "H256",
      policy_hash: "H256",
      lineage: "Vec<u8>",
    },
  },
};

/** Accepts simulated evidence with any measurement. */
const developmentPolicy = '{"simulated":{"measurements":null},"version":1}';
/** Accepts no evidence until the admin sets another policy. */
const emptyPolicy = '{"version":1}';

function putGenesis(
  storage: Storage,
  { mode: given = "development", policy, admin: by }: RegistryGenesis,
): void {
  const development = given === "development";
  storage.put(mode, unit(development ? "Development" : "Production"));
  storage.put(admin, to0x(by ?? alice()));
  storage.put(oldestSpent, 0);
  storage.put(policyText, canonicalPolicy(policy ?? (development ? developmentPolicy : emptyPolicy)));
}

function alice(): Uint8Array {
  const found = devAccounts.find(({ name }) => name === "Alice");
  if (found === undefined) throw new TypeError("the development accounts begin with Alice");
  return found.publicKey;
}

/** Returns the canonical text of a policy, which is the form that the state stores. @throws ProtocolError */
function canonicalPolicy(text: string): Uint8Array {
  decodePolicy(text);
  return utf8(canonicalJson(parseJson(text)));
}

/**
 * Sets the policy, but does not check registered workers against it. Each worker's record contains the hash
 * of the policy that accepted its evidence.
 */
function setPolicy(context: Context, who: string, { policy }: SetPolicy): void {
  const { storage, deposit } = context;
  if (who !== storage.get(admin)) throw failure(context, "NotAdmin");
  storage.put(
    policyText,
    orFail(context, "BadPolicy", () => canonicalPolicy(fromUtf8(policy))),
  );
  deposit("Registry", "PolicyChanged", { hash: currentPolicy(context).hash });
}

function registerWorker(
  context: Context,
  roots: AttestationRoots,
  operator: string,
  registration: Registration,
): void {
  const { crypto, storage, deposit } = context;
  const { public_key } = registration;
  const presented = decodeRegistration(context, registration);
  requireLater(context, operator, registration);
  const { authentic, policyHash } = verifyRegistration(context, roots, operator, registration, presented);
  const worker: StoredWorker = {
    operator,
    ...factsOf(authentic),
    ecdh_public_key: registration.ecdh_public_key,
    genesis_hash: storage.get(blockHash, 0),
    anchor: registration.anchor,
    registered_at: storage.get(blockNumber),
    registered_ms: storage.get(now),
    evidence_block: registration.block_number,
    evidence_hash: to0x(crypto.blake2b256(registration.evidence)),
    policy_hash: policyHash,
    lineage: encodeLineage(presented.lineage),
  };
  storage.put(workers, worker, public_key);
  storage.put(evidenceOf, registration.evidence, public_key);
  deposit("Registry", "WorkerRegistered", {
    public_key,
    operator,
    kind: worker.kind,
    evidence_hash: worker.evidence_hash,
  });
}

/**
 * Removes a worker. Its evidence stays spent, so it cannot be replayed.
 */
function deregisterWorker(context: Context, who: string, { public_key }: Deregistration): void {
  const { storage, deposit } = context;
  if (!storage.has(workers, public_key)) throw failure(context, "NotRegistered");
  const { operator } = storage.get(workers, public_key);
  if (who !== operator && who !== storage.get(admin)) throw failure(context, "NotOperator");
  storage.delete(workers, public_key);
  storage.delete(evidenceOf, public_key);
  deposit("Registry", "WorkerRemoved", { public_key });
}

/** Evidence, and the lineage to which it must be bound. */
interface Presented {
  readonly evidence: EndorsedEvidence;
  readonly lineage: Lineage;
}

/** Checks the evidence's length and block number, which is cheap, and then decodes evidence and lineage. */
function decodeRegistration(context: Context, { evidence, block_number, lineage }: Registration): Presented {
  const { storage } = context;
  if (evidence.length > maxEvidence) throw failure(context, "EvidenceTooLarge");
  const number = storage.get(blockNumber);
  if (block_number >= number || block_number < number - evidenceWindow) throw failure(context, "StaleBlock");
  return {
    evidence: orFail(context, "BadEvidence", () => decodeEndorsedEvidence(fromUtf8(evidence))),
    lineage: orFail(context, "BadLineage", () => decodeLineage(lineage)),
  };
}

/** Refuses evidence of another operator that is not later than the evidence in the worker's record. */
function requireLater(context: Context, operator: string, { public_key, block_number }: Registration): void {
  const { storage } = context;
  if (!storage.has(workers, public_key)) return;
  const known = storage.get(workers, public_key);
  if (known.operator !== operator && block_number <= known.evidence_block)
    throw failure(context, "OlderEvidence");
}

/**
 * Remembers the bytes to which the evidence is bound, by their hash, so that a worker is registered once for
 * each block. A stranger can change the signature and the endorsements of evidence so that the evidence
 * remains authentic, but not these bytes. A failed call undoes this. Forgets the blocks that are no longer in
 * the window.
 */
function spend(context: Context, block: number, authentic: Authentic): void {
  const { crypto, storage } = context;
  const first = storage.get(blockNumber) - evidenceWindow;
  const oldest = storage.get(oldestSpent);
  for (let old = oldest; old < Math.min(first, oldest + evidenceWindow); old++)
    storage.delete(spentEvidence, old);
  storage.put(oldestSpent, Math.max(0, first));
  const spent = storage.has(spentEvidence, block) ? storage.get(spentEvidence, block) : [];
  const hash = to0x(crypto.blake2b256(boundData(authentic)));
  if (spent.includes(hash)) throw failure(context, "Replayed");
  storage.put(spentEvidence, [...spent, hash], block);
}

/** Authentic evidence, and the hash of the policy that accepted it. */
interface Accepted {
  readonly authentic: Authentic;
  readonly policyHash: string;
}

function verifyRegistration(
  context: Context,
  roots: AttestationRoots,
  operator: string,
  registration: Registration,
  { evidence, lineage }: Presented,
): Accepted {
  const { crypto, storage } = context;
  const atMs = Number(storage.get(now));
  if (evidence.kind === "simulated" && storage.get(mode).type === "Production")
    throw failure(context, "SimulatedInProduction"); // even if the policy accepts it
  const authentic = orFail(context, "NotAuthentic", () => verifyEvidence(crypto, roots, evidence, atMs));
  const expected = {
    purpose: "registration",
    publicKey: from0x(registration.public_key),
    ecdhPublicKey: from0x(registration.ecdh_public_key),
    genesisHash: from0x(storage.get(blockHash, 0)),
    anchor: from0x(registration.anchor),
    nonce: from0x(storage.get(blockHash, registration.block_number)),
    lineage,
    operator: from0x(operator),
  } as const;
  orFail(context, "WrongReportData", () => verifyBinding(crypto, expected, authentic));
  spend(context, registration.block_number, authentic);
  if (authentic.debug) throw failure(context, "Debug"); // even if the policy accepts it
  const { policy, hash } = currentPolicy(context);
  if (!appraise(policy, authentic, atMs).accepted || appraiseLineage(policy, lineage, atMs).length > 0)
    throw failure(context, "NotAccepted");
  return { authentic, policyHash: hash };
}

function currentPolicy({ crypto, storage }: Context): { readonly policy: Policy; readonly hash: string } {
  const text = fromUtf8(storage.get(policyText));
  return { policy: decodePolicy(text), hash: to0x(policyHash(crypto, parseJson(text))) };
}

function factsOf({
  kind,
  tcbStatus,
  advisories,
  measurements,
}: Authentic): Pick<StoredWorker, "kind" | "tcb_status" | "advisories" | "measurements"> {
  return {
    kind: unit(capitalised(kind)),
    tcb_status: unit(tcbStatus),
    advisories,
    measurements: Object.entries(measurements).map(([name, value]) => ({ name, value: fromHex(value) })),
  };
}

function unit<T extends string>(type: T): Unit<T> {
  return { type, value: undefined };
}

/** Turns a coded error of the verifier into an error of the pallet. Any other error is a bug. */
function orFail<T>(context: Context, error: RegistryError, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw failure(context, error);
  }
}

/** Capitalises the first letter, as Rust spells enum variants. */
function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
