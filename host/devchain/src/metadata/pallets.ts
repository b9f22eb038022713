/**
 * The runtime as a table: pallets, their calls, events, errors, constants and storage. Everything the chain stores or emits is encoded with codecs that
 * are built from this table's metadata, so the two cannot drift. Call indices of Timestamp and Execution are those of the 2020 runtime.
 */
import type { Role } from "../network.ts";
import type { Fields } from "./registry.ts";

/** A call, with its arguments in order. */
export interface Call {
  readonly name: string;
  readonly index: number;
  readonly args: Readonly<Record<string, string>>;
  readonly docs?: string;
}

export type Hasher = "Blake2128Concat" | "Twox64Concat" | "Identity";

/** A storage item; a map if it has a `key`. `fallback` is the value of an absent key; without it absence is `None`. */
export interface StorageItem {
  readonly value: string;
  readonly key?: string;
  /** One for each part of a key that is a tuple. */
  readonly hasher?: Hasher | readonly Hasher[];
  readonly fallback?: unknown;
}

export interface Pallet {
  readonly name: string;
  readonly index: number;
  readonly calls?: readonly Call[];
  readonly events?: Readonly<Record<string, Fields>>;
  /** In the order of their indices. */
  readonly errors?: readonly string[];
  /** Type and value. */
  readonly constants?: Readonly<Record<string, readonly [type: string, value: unknown]>>;
  readonly storage?: Readonly<Record<string, StorageItem>>;
}

/** What differs between chains. */
export interface RuntimeParameters {
  readonly maxPayload: number;
  readonly specVersion: number;
  readonly role: Role;
  /** The `System.Version` constant. */
  readonly version: unknown;
}

/** How many block hashes the state remembers: the longest era a transaction can have. */
export const blockHashCount = 2400;
/** The most calls in a batch. */
export const batchedCallsLimit = 10_922;
/** The most proxies of an account. */
export const maxProxies = 32;
/** The most signatories of a multisig account. */
export const maxSignatories = 100;
/** The longest evidence that `register_worker` takes, in bytes. */
export const maxEvidence: number = 512 * 1024;
/** How many blocks old the block may be whose hash evidence is fresh over. */
export const evidenceWindow = 150;
export const existentialDeposit: bigint = 1_000_000_000n;
export const ss58Prefix = 42;

const noFields: Fields = [];

/** The pallets of the embedded chain. */
export function pallets(parameters: RuntimeParameters): readonly Pallet[] {
  const all = palletsOfAll(parameters);
  switch (parameters.role) {
    case "solo":
      return all;
    case "relay":
      return [...all, paras];
    case "para":
      return [...all.filter(({ name }) => name !== "Grandpa"), parachainInfo];
  }
}

/** Only on a relay chain. */
const paras: Pallet = {
  name: "Paras",
  index: 56,
  storage: { Heads: { value: "Vec<u8>", key: "u32", hasher: "Twox64Concat" } },
};

/** Only on a parachain. */
const parachainInfo: Pallet = {
  name: "ParachainInfo",
  index: 21,
  storage: { ParachainId: { value: "u32", fallback: 100 } },
};

function palletsOfAll({ maxPayload, specVersion, version }: RuntimeParameters): readonly Pallet[] {
  return [
    {
      name: "System",
      index: 0,
      calls: [
        { name: "remark", index: 0, args: { remark: "Vec<u8>" }, docs: "Puts bytes on the chain." },
        {
          name: "remark_with_event",
          index: 7,
          args: { remark: "Vec<u8>" },
          docs: "Puts bytes on the chain and emits their hash.",
        },
      ],
      events: {
        ExtrinsicSuccess: { dispatch_info: "DispatchEventInfo" },
        ExtrinsicFailed: { dispatch_error: "DispatchError", dispatch_info: "DispatchEventInfo" },
        CodeUpdated: noFields,
        NewAccount: { account: "AccountId32" },
        KilledAccount: { account: "AccountId32" },
        Remarked: { sender: "AccountId32", hash: "H256" },
      },
      errors: ["InvalidSpecName", "SpecVersionNeedsToIncrease", "CallFiltered"],
      constants: {
        BlockWeights: ["BlockWeights", blockWeights],
        BlockLength: [
          "BlockLength",
          { max: { normal: 3_932_160, operational: 5_242_880, mandatory: 5_242_880 } },
        ],
        BlockHashCount: ["u32", blockHashCount],
        Version: ["RuntimeVersion", version],
        SS58Prefix: ["u16", ss58Prefix],
      },
      storage: {
        Account: {
          value: "AccountInfo",
          key: "AccountId32",
          hasher: "Blake2128Concat",
          fallback: emptyAccount,
        },
        ExtrinsicCount: { value: "u32" },
        BlockHash: { value: "H256", key: "u32", hasher: "Twox64Concat", fallback: `0x${"00".repeat(32)}` },
        ExtrinsicData: { value: "Vec<u8>", key: "u32", hasher: "Twox64Concat", fallback: new Uint8Array() },
        Number: { value: "u32", fallback: 0 },
        ParentHash: { value: "H256", fallback: `0x${"00".repeat(32)}` },
        Digest: { value: "Digest", fallback: [] },
        Events: { value: "Vec<EventRecord>", fallback: [] },
        EventCount: { value: "u32", fallback: 0 },
        LastRuntimeUpgrade: { value: "LastRuntimeUpgradeInfo" },
      },
    },
    {
      name: "Timestamp",
      index: 1,
      calls: [
        {
          name: "set",
          index: 0,
          args: { now: "Compact<u64>" },
          docs: "Sets the time of the block; an inherent.",
        },
      ],
      constants: { MinimumPeriod: ["u64", 1n] },
      storage: { Now: { value: "u64", fallback: 0n }, DidUpdate: { value: "bool", fallback: false } },
    },
    {
      name: "Grandpa",
      index: 2,
      events: {
        NewAuthorities: { authority_set: "Vec<(GrandpaId, u64)>" },
        Paused: noFields,
        Resumed: noFields,
      },
      constants: { MaxAuthorities: ["u32", 32], MaxSetIdSessionEntries: ["u64", 0n] },
      storage: {
        PendingChange: { value: "StoredPendingChange" },
        CurrentSetId: { value: "u64", fallback: 0n },
        Authorities: { value: "Vec<(GrandpaId, u64)>", fallback: [] },
      },
    },
    {
      name: "Balances",
      index: 4,
      calls: [
        { name: "transfer_allow_death", index: 0, args: { dest: "MultiAddress", value: "Compact<u128>" } },
        { name: "transfer_keep_alive", index: 3, args: { dest: "MultiAddress", value: "Compact<u128>" } },
      ],
      events: {
        Endowed: { account: "AccountId32", free_balance: "u128" },
        DustLost: { account: "AccountId32", amount: "u128" },
        Transfer: { from: "AccountId32", to: "AccountId32", amount: "u128" },
      },
      errors: ["InsufficientBalance", "ExistentialDeposit", "Expendability"],
      constants: { ExistentialDeposit: ["u128", existentialDeposit] },
      storage: { TotalIssuance: { value: "u128", fallback: 0n } },
    },
    {
      name: "TransactionPayment",
      index: 5,
      constants: { OperationalFeeMultiplier: ["u8", 5] },
    },
    {
      name: "Utility",
      index: 7,
      calls: [
        {
          name: "batch",
          index: 0,
          args: { calls: "Vec<RuntimeCall>" },
          docs: "Stops at the first that fails.",
        },
        { name: "batch_all", index: 2, args: { calls: "Vec<RuntimeCall>" }, docs: "All or nothing." },
        { name: "force_batch", index: 4, args: { calls: "Vec<RuntimeCall>" }, docs: "Each for itself." },
      ],
      events: {
        BatchInterrupted: { index: "u32", error: "DispatchError" },
        BatchCompleted: noFields,
        BatchCompletedWithErrors: noFields,
        ItemCompleted: noFields,
        ItemFailed: { error: "DispatchError" },
      },
      errors: ["TooManyCalls"],
      constants: { batched_calls_limit: ["u32", batchedCallsLimit] },
    },
    {
      name: "Proxy",
      index: 8,
      calls: [
        {
          name: "proxy",
          index: 0,
          args: { real: "MultiAddress", force_proxy_type: "Option<ProxyType>", call: "RuntimeCall" },
        },
        {
          name: "add_proxy",
          index: 1,
          args: { delegate: "MultiAddress", proxy_type: "ProxyType", delay: "u32" },
        },
        {
          name: "remove_proxy",
          index: 2,
          args: { delegate: "MultiAddress", proxy_type: "ProxyType", delay: "u32" },
        },
      ],
      events: {
        ProxyExecuted: { result: "Result<(), DispatchError>" },
        PureCreated: {
          pure: "AccountId32",
          who: "AccountId32",
          proxy_type: "ProxyType",
          disambiguation_index: "u16",
        },
        Announced: { real: "AccountId32", proxy: "AccountId32", call_hash: "H256" },
        ProxyAdded: {
          delegator: "AccountId32",
          delegatee: "AccountId32",
          proxy_type: "ProxyType",
          delay: "u32",
        },
        ProxyRemoved: {
          delegator: "AccountId32",
          delegatee: "AccountId32",
          proxy_type: "ProxyType",
          delay: "u32",
        },
      },
      errors: [
        "TooMany",
        "NotFound",
        "NotProxy",
        "Unproxyable",
        "Duplicate",
        "NoPermission",
        "Unannounced",
        "NoSelfProxy",
      ],
      constants: { MaxProxies: ["u32", maxProxies] },
      storage: {
        Proxies: {
          value: "(Vec<ProxyDefinition>, u128)",
          key: "AccountId32",
          hasher: "Twox64Concat",
          fallback: [[], 0n],
        },
      },
    },
    multisig,
    registry,
    {
      name: "Execution",
      index: 6,
      calls: [
        {
          name: "push_command",
          index: 1,
          args: { contract_id: "u32", payload: "Vec<u8>" },
          docs: "Puts a command for a confidential contract on the chain.",
        },
        ...(specVersion === 1 ? [] : [noteCommand]),
      ],
      events: executionEvents(specVersion),
      errors: ["PayloadTooLarge"],
      constants: { MaxPayload: ["u32", maxPayload] },
      storage: { CommandNumber: { value: "u32", fallback: 0 } },
    },
  ];
}

const signatories = {
  threshold: "u16",
  other_signatories: "Vec<AccountId32>",
  maybe_timepoint: "Option<Timepoint>",
};
const approval = { timepoint: "Timepoint", multisig: "AccountId32", call_hash: "[u8; 32]" };

const multisig: Pallet = {
  name: "Multisig",
  index: 9,
  calls: [
    {
      name: "as_multi_threshold_1",
      index: 0,
      args: { other_signatories: "Vec<AccountId32>", call: "RuntimeCall" },
    },
    { name: "as_multi", index: 1, args: { ...signatories, call: "RuntimeCall", max_weight: "Weight" } },
    {
      name: "approve_as_multi",
      index: 2,
      args: { ...signatories, call_hash: "[u8; 32]", max_weight: "Weight" },
    },
  ],
  events: {
    NewMultisig: { approving: "AccountId32", multisig: "AccountId32", call_hash: "[u8; 32]" },
    MultisigApproval: { approving: "AccountId32", ...approval },
    MultisigExecuted: { approving: "AccountId32", ...approval, result: "Result<(), DispatchError>" },
  },
  errors: [
    "MinimumThreshold",
    "AlreadyApproved",
    "NoApprovalsNeeded",
    "TooFewSignatories",
    "TooManySignatories",
    "SignatoriesOutOfOrder",
    "SenderInSignatories",
    "NotFound",
    "NotOwner",
    "NoTimepoint",
    "WrongTimepoint",
    "UnexpectedTimepoint",
    "MaxWeightTooLow",
    "AlreadyStored",
  ],
  constants: {
    DepositBase: ["u128", 0n],
    DepositFactor: ["u128", 0n],
    MaxSignatories: ["u32", maxSignatories],
  },
  storage: {
    Multisigs: {
      value: "Multisig",
      key: "(AccountId32, [u8; 32])",
      hasher: ["Twox64Concat", "Blake2128Concat"],
    },
  },
};

const workerKey = "[u8; 33]";

/** Which workers have shown evidence that a policy accepts. */
const registry: Pallet = {
  name: "Registry",
  index: 10,
  calls: [
    {
      name: "set_policy",
      index: 0,
      args: { policy: "Vec<u8>" },
      docs: "Replaces the policy (JSON) that evidence is judged by. Only for the admin. Records of before keep the hash of theirs.",
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
      },
      docs: "Registers a worker, or registers it again, by evidence (JSON) that is bound to its keys, this chain and the hash of a recent block.",
    },
    {
      name: "deregister_worker",
      index: 2,
      args: { public_key: workerKey },
      docs: "Removes a worker. For the account that registered it, and for the admin.",
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
  errors: [
    "NotAdmin",
    "BadPolicy",
    "EvidenceTooLarge",
    "StaleBlock",
    "Replayed",
    "BadEvidence",
    "SimulatedInProduction",
    "NotAuthentic",
    "WrongReportData",
    "Debug",
    "NotAccepted",
    "NotRegistered",
    "NotOperator",
  ],
  constants: { MaxEvidence: ["u32", maxEvidence], EvidenceWindow: ["u32", evidenceWindow] },
  storage: {
    Mode: { value: "RegistryMode" },
    Admin: { value: "AccountId32" },
    Policy: { value: "Vec<u8>" },
    Workers: { value: "WorkerRecord", key: workerKey, hasher: "Blake2128Concat" },
    Evidence: { value: "Vec<u8>", key: workerKey, hasher: "Blake2128Concat" },
    LastEvidenceBlock: { value: "u32", key: workerKey, hasher: "Blake2128Concat" },
  },
};

/** What upgrades add: looks like a command, and is none. */
const noteCommand: Call = {
  name: "note_command",
  index: 2,
  args: { contract_id: "u32", payload: "Vec<u8>" },
  docs: "Emits CommandNoted, and no command.",
};

/**
 * Upgrades change the indices: to whom still has the metadata of an earlier version, `CommandNoted` looks like `CommandPushed`, and `CommandPushed` like
 * `CommandNoted` or nothing known.
 */
function executionEvents(specVersion: number): Readonly<Record<string, Fields>> {
  const command = { who: "AccountId32", contract_id: "u32", payload: "Vec<u8>", number: "u32" };
  if (specVersion === 1) return { CommandPushed: command };
  return specVersion % 2 === 0
    ? { CommandNoted: command, CommandPushed: command }
    : { CommandPushed: command, CommandNoted: command };
}

/** Signed extensions in their order, which is the order of their bytes. All fees are off: the tip is read and ignored. */
export const signedExtensions: readonly (readonly [identifier: string, extra: string, additional: string])[] =
  [
    ["CheckNonZeroSender", "()", "()"],
    ["CheckSpecVersion", "()", "u32"],
    ["CheckTxVersion", "()", "u32"],
    ["CheckGenesis", "()", "H256"],
    ["CheckMortality", "Era", "H256"],
    ["CheckNonce", "Compact<u32>", "()"],
    ["CheckWeight", "()", "()"],
    ["ChargeTransactionPayment", "Compact<u128>", "()"],
    ["CheckMetadataHash", "MetadataHashMode", "Option<[u8; 32]>"],
  ];

const weight = (ref_time: bigint): unknown => ({ ref_time, proof_size: 5_242_880n });
const classWeights = {
  base_extrinsic: weight(0n),
  max_extrinsic: undefined,
  max_total: undefined,
  reserved: undefined,
};
const blockWeights = {
  base_block: weight(0n),
  max_block: weight(2_000_000_000_000n),
  per_class: { normal: classWeights, operational: classWeights, mandatory: classWeights },
};
const emptyAccount = {
  nonce: 0,
  consumers: 0,
  providers: 0,
  sufficients: 0,
  data: { free: 0n, reserved: 0n, frozen: 0n, flags: 1n << 127n },
};
