/** Accounts, block numbers and hashes, events, remarks, and the limits of blocks. */
import { to0x } from "@pruntime/core/bytes";
import type { Value } from "../frame/codec.ts";
import type { Context } from "../frame/context.ts";
import type { BlockLimits } from "../frame/limits.ts";
import type { Pallet } from "../frame/pallet.ts";
import type { Storage } from "../frame/storage.ts";
import { type StorageItem, storageMap, storageValue } from "../frame/storage-item.ts";
import { enumOf, type Fields, type NamedType } from "../metadata/type-registry.ts";

/** An entry of `System.Account`. */
export interface AccountInfo {
  readonly nonce: number;
  readonly consumers: number;
  readonly providers: number;
  readonly sufficients: number;
  readonly data: {
    readonly free: bigint;
    readonly reserved: bigint;
    readonly frozen: bigint;
    readonly flags: bigint;
  };
}

/** The entry of an account that does not exist. */
export const emptyAccount: AccountInfo = {
  nonce: 0,
  consumers: 0,
  providers: 0,
  sufficients: 0,
  data: { free: 0n, reserved: 0n, frozen: 0n, flags: 1n << 127n },
};

/**
 * The number of recent block hashes in the state. A mortal transaction needs the hash of the block with which
 * its era begins.
 */
export const blockHashCount = 2400;

const noHash = `0x${"00".repeat(32)}`;
/** The parent hash that FRAME stores for the genesis block: 32 bytes of value 69. */
const hashBeforeGenesis = `0x${"45".repeat(32)}`;

/** Accounts by their id, 0x-hex. */
export const account: StorageItem<AccountInfo, [who: string]> = storageMap("System", "Account", {
  key: "AccountId32",
  hashers: ["Blake2128Concat"],
  value: "AccountInfo",
  fallback: emptyAccount,
});

/** Block hashes by block number. */
export const blockHash: StorageItem<string, [number: number]> = storageMap("System", "BlockHash", {
  key: "u32",
  value: "H256",
  fallback: noHash,
});

/** The number of the current block. */
export const blockNumber: StorageItem<number, []> = storageValue("System", "Number", "u32", 0);

const parentHash: StorageItem<string, []> = storageValue("System", "ParentHash", "H256", noHash);
const digest: StorageItem<Value, []> = storageValue<Value>("System", "Digest", "Digest", []);
const events: StorageItem<readonly Value[], []> = storageValue("System", "Events", "Vec<EventRecord>", []);
const eventCount: StorageItem<number, []> = storageValue("System", "EventCount", "u32", 0);
const lastUpgrade: StorageItem<LastUpgrade, []> = storageValue(
  "System",
  "LastRuntimeUpgrade",
  "LastRuntimeUpgradeInfo",
);

interface LastUpgrade {
  readonly spec_version: number;
  readonly spec_name: string;
}

/**
 * Makes the pallet on which all other pallets depend.
 * @param version the value of `System.Version`
 * @param plain whether upgrades change the indices of this pallet's events. On a chain that is not plain,
 * upgrades change the indices of the events of `Execution` instead.
 */
export function system(version: RuntimeVersionConstant, limits: BlockLimits, plain: boolean): Pallet {
  return {
    name: "System",
    index: 0,
    types,
    calls: [
      {
        name: "remark",
        index: 0,
        args: { remark: "Vec<u8>" },
        docs: "Puts bytes on the chain.",
        run: () => undefined,
        weight: ({ remark }: Remark) => 3_030_000n + 12_306n * BigInt(remark.length),
      },
      {
        name: "remark_with_event",
        index: 7,
        args: { remark: "Vec<u8>" },
        docs: "Puts bytes on the chain and emits their hash.",
        run: remarkWithEvent,
        weight: ({ remark }: Remark) => 7_681_000n + 13_658n * BigInt(remark.length),
      },
    ],
    events: eventsOf(plain && version.spec_version % 2 === 0),
    errors: ["InvalidSpecName", "SpecVersionNeedsToIncrease", "CallFiltered"],
    constants: {
      BlockWeights: ["BlockWeights", limits.weights],
      BlockLength: ["BlockLength", limits.length.max], // the codec takes the field of a one-field struct
      BlockHashCount: ["u32", blockHashCount],
      Version: ["RuntimeVersion", version],
      SS58Prefix: ["u16", 42],
    },
    storage: [
      account,
      storageValue("System", "ExtrinsicCount", "u32"),
      blockHash,
      storageMap("System", "ExtrinsicData", { key: "u32", value: "Vec<u8>", fallback: new Uint8Array() }),
      blockNumber,
      parentHash,
      digest,
      events,
      eventCount,
      lastUpgrade,
    ],
    genesis: ({ storage }) => {
      storage.put(parentHash, hashBeforeGenesis);
      storage.put(blockHash, hashBeforeGenesis, 0);
      noteRuntime(storage, version);
    },
  };
}

/** The parts of `System.Version` that this pallet reads itself. */
interface RuntimeVersionConstant {
  readonly spec_name: string;
  readonly spec_version: number;
}

/**
 * The events of a runtime with an even or odd version. The index of `Remarked` differs, so metadata of an odd
 * version does not decode the `Remarked` events of an even version, or vice versa.
 */
function eventsOf(even: boolean): Readonly<Record<string, Fields>> {
  const remarked: Fields = { sender: "AccountId32", hash: "H256" };
  const upgradeAuthorized: Fields = { code_hash: "H256", check_version: "bool" };
  return {
    ExtrinsicSuccess: { dispatch_info: "DispatchEventInfo" },
    ExtrinsicFailed: { dispatch_error: "DispatchError", dispatch_info: "DispatchEventInfo" },
    CodeUpdated: [],
    NewAccount: { account: "AccountId32" },
    KilledAccount: { account: "AccountId32" },
    ...(even ? { UpgradeAuthorized: upgradeAuthorized } : {}),
    Remarked: remarked,
  };
}

interface Remark {
  readonly remark: Uint8Array;
}

function remarkWithEvent({ crypto, deposit }: Context, sender: string, { remark }: Remark): void {
  deposit("System", "Remarked", { sender, hash: to0x(crypto.blake2b256(remark)) });
}

/** Begins the block after `parent`. */
export function initializeBlock(
  storage: Storage,
  parent: { readonly number: number; readonly hash: Uint8Array },
): void {
  const hash = to0x(parent.hash);
  storage.put(blockNumber, parent.number + 1);
  storage.put(parentHash, hash);
  storage.put(blockHash, hash, parent.number);
  const oldest = parent.number - blockHashCount;
  if (oldest > 0) storage.delete(blockHash, oldest);
}

/** Stores the runtime's version, in the first block that a new runtime executes. */
export function noteRuntime(storage: Storage, { spec_version, spec_name }: RuntimeVersionConstant): void {
  if (storage.has(lastUpgrade) && storage.get(lastUpgrade).spec_version === spec_version) return;
  storage.put(lastUpgrade, { spec_version, spec_name });
}

/** Ends the block: stores its digest and all emitted events. */
export function finalizeBlock(storage: Storage, logs: Value, records: readonly Value[]): void {
  storage.put(digest, logs);
  storage.put(events, records);
  storage.put(eventCount, records.length);
}

const types: Readonly<Record<string, NamedType>> = {
  AccountInfo: {
    path: "frame_system::AccountInfo",
    fields: { nonce: "u32", consumers: "u32", providers: "u32", sufficients: "u32", data: "AccountData" },
    params: { Nonce: "u32", AccountData: "AccountData" },
  },
  DispatchEventInfo: {
    path: "frame_system::DispatchEventInfo",
    fields: { weight: "Weight", class: "DispatchClass", pays_fee: "Pays" },
  },
  Phase: {
    path: "frame_system::Phase",
    variants: enumOf({ ApplyExtrinsic: ["u32"], Finalization: [], Initialization: [] }),
  },
  EventRecord: {
    path: "frame_system::EventRecord",
    fields: { phase: "Phase", event: "RuntimeEvent", topics: "Vec<H256>" },
    params: { E: "RuntimeEvent", T: "H256" },
  },
  LastRuntimeUpgradeInfo: {
    path: "frame_system::LastRuntimeUpgradeInfo",
    fields: { spec_version: "Compact<u32>", spec_name: "str" },
  },
  BlockWeights: {
    path: "frame_system::limits::BlockWeights",
    fields: { base_block: "Weight", max_block: "Weight", per_class: "PerDispatchClassLimits" },
  },
  PerDispatchClassLimits: {
    path: "frame_support::dispatch::PerDispatchClass",
    fields: { normal: "WeightsPerClass", operational: "WeightsPerClass", mandatory: "WeightsPerClass" },
    params: { T: "WeightsPerClass" },
  },
  WeightsPerClass: {
    path: "frame_system::limits::WeightsPerClass",
    fields: {
      base_extrinsic: "Weight",
      max_extrinsic: "Option<Weight>",
      max_total: "Option<Weight>",
      reserved: "Option<Weight>",
    },
  },
  BlockLength: { path: "frame_system::limits::BlockLength", fields: { max: "PerDispatchClassU32" } },
  PerDispatchClassU32: {
    path: "frame_support::dispatch::PerDispatchClass",
    fields: { normal: "u32", operational: "u32", mandatory: "u32" },
    params: { T: "u32" },
  },
};
