/** The types of a FRAME runtime that clients recognise by path and shape. */
import { tcbStatuses } from "@pruntime/core/attestation";
import { evidenceKinds } from "@pruntime/core/registry";
import { enumOf, type NamedType, unitEnum, type Variant } from "./registry.ts";

/** Every type the pallets, extensions and runtime APIs name; the outer enums are added by the builder. */
export const namedTypes: Readonly<Record<string, NamedType>> = {
  AccountId32: { path: "sp_core::crypto::AccountId32", fields: ["[u8; 32]"] },
  H256: { path: "primitive_types::H256", fields: ["[u8; 32]"] },
  MultiAddress: {
    path: "sp_runtime::multiaddress::MultiAddress",
    variants: enumOf({
      Id: ["AccountId32"],
      Index: ["Compact<()>"],
      Raw: ["Vec<u8>"],
      Address32: ["[u8; 32]"],
      Address20: ["[u8; 20]"],
    }),
    params: { AccountId: "AccountId32", AccountIndex: "()" },
  },
  MultiSignature: {
    path: "sp_runtime::MultiSignature",
    variants: enumOf({ Ed25519: ["[u8; 64]"], Sr25519: ["[u8; 64]"], Ecdsa: ["[u8; 65]"] }),
  },
  MetadataHashMode: {
    path: "frame_metadata_hash_extension::Mode",
    variants: unitEnum("Disabled", "Enabled"),
  },
  Era: { path: "sp_runtime::generic::era::Era", variants: eras() },

  AccountInfo: {
    path: "frame_system::AccountInfo",
    fields: { nonce: "u32", consumers: "u32", providers: "u32", sufficients: "u32", data: "AccountData" },
    params: { Nonce: "u32", AccountData: "AccountData" },
  },
  AccountData: {
    path: "pallet_balances::types::AccountData",
    fields: { free: "u128", reserved: "u128", frozen: "u128", flags: "ExtraFlags" },
    params: { Balance: "u128" },
  },
  ExtraFlags: { path: "pallet_balances::types::ExtraFlags", fields: ["u128"] },
  Weight: {
    path: "sp_weights::weight_v2::Weight",
    fields: { ref_time: "Compact<u64>", proof_size: "Compact<u64>" },
  },
  DispatchClass: {
    path: "frame_support::dispatch::DispatchClass",
    variants: unitEnum("Normal", "Operational", "Mandatory"),
  },
  Pays: { path: "frame_support::dispatch::Pays", variants: unitEnum("Yes", "No") },
  PerDispatchClass: {
    path: "frame_support::dispatch::PerDispatchClass",
    fields: { normal: "Weight", operational: "Weight", mandatory: "Weight" },
    params: { T: "Weight" },
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
  Digest: { path: "sp_runtime::generic::digest::Digest", fields: { logs: "Vec<DigestItem>" } },
  DigestItem: {
    path: "sp_runtime::generic::digest::DigestItem",
    variants: [
      { name: "PreRuntime", index: 6, fields: ["[u8; 4]", "Vec<u8>"] },
      { name: "Consensus", index: 4, fields: ["[u8; 4]", "Vec<u8>"] },
      { name: "Seal", index: 5, fields: ["[u8; 4]", "Vec<u8>"] },
      { name: "Other", index: 0, fields: ["Vec<u8>"] },
      { name: "RuntimeEnvironmentUpdated", index: 8 },
    ],
  },
  LastRuntimeUpgradeInfo: {
    path: "frame_system::LastRuntimeUpgradeInfo",
    fields: { spec_version: "Compact<u32>", spec_name: "str" },
  },

  DispatchError: {
    path: "sp_runtime::DispatchError",
    variants: enumOf({
      Other: [],
      CannotLookup: [],
      BadOrigin: [],
      Module: ["ModuleError"],
      ConsumerRemaining: [],
      NoProviders: [],
      TooManyConsumers: [],
      Token: ["TokenError"],
      Arithmetic: ["ArithmeticError"],
    }),
  },
  ModuleError: { path: "sp_runtime::ModuleError", fields: { index: "u8", error: "[u8; 4]" } },
  TokenError: {
    path: "sp_runtime::TokenError",
    variants: unitEnum(
      "FundsUnavailable",
      "OnlyProvider",
      "BelowMinimum",
      "CannotCreate",
      "UnknownAsset",
      "Frozen",
      "Unsupported",
      "CannotCreateHold",
      "NotExpendable",
      "Blocked",
    ),
  },
  ArithmeticError: {
    path: "sp_arithmetic::ArithmeticError",
    variants: unitEnum("Underflow", "Overflow", "DivisionByZero"),
  },

  RuntimeVersion: {
    path: "sp_version::RuntimeVersion",
    fields: {
      spec_name: "str",
      impl_name: "str",
      authoring_version: "u32",
      spec_version: "u32",
      impl_version: "u32",
      apis: "Vec<([u8; 8], u32)>",
      transaction_version: "u32",
      system_version: "u8",
    },
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

  GrandpaId: { path: "sp_consensus_grandpa::app::Public", fields: ["[u8; 32]"] },
  StoredPendingChange: {
    path: "pallet_grandpa::StoredPendingChange",
    fields: {
      scheduled_at: "u32",
      delay: "u32",
      next_authorities: "Vec<(GrandpaId, u64)>",
      forced: "Option<u32>",
    },
  },

  ProxyType: { path: "devchain_runtime::ProxyType", variants: unitEnum("Any") },
  ProxyDefinition: {
    path: "pallet_proxy::ProxyDefinition",
    fields: { delegate: "AccountId32", proxy_type: "ProxyType", delay: "u32" },
    params: { AccountId: "AccountId32", ProxyType: "ProxyType", BlockNumber: "u32" },
  },

  Timepoint: {
    path: "pallet_multisig::Timepoint",
    fields: { height: "u32", index: "u32" },
    params: { BlockNumber: "u32" },
  },
  Multisig: {
    path: "pallet_multisig::Multisig",
    fields: { when: "Timepoint", deposit: "u128", depositor: "AccountId32", approvals: "Vec<AccountId32>" },
    params: { BlockNumber: "u32", Balance: "u128", AccountId: "AccountId32" },
  },

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
    },
  },

  UncheckedExtrinsic: {
    path: "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic",
    fields: ["Vec<u8>"],
    params: {
      Address: "MultiAddress",
      Call: "RuntimeCall",
      Signature: "MultiSignature",
      Extra: "SignedExtra",
    },
  },
  OpaqueMetadata: { path: "sp_core::OpaqueMetadata", fields: ["Vec<u8>"] },
  TransactionSource: {
    path: "sp_runtime::transaction_validity::TransactionSource",
    variants: unitEnum("InBlock", "Local", "External"),
  },
  ValidTransaction: {
    path: "sp_runtime::transaction_validity::ValidTransaction",
    fields: {
      priority: "u64",
      requires: "Vec<Vec<u8>>",
      provides: "Vec<Vec<u8>>",
      longevity: "u64",
      propagate: "bool",
    },
  },
  TransactionValidityError: {
    path: "sp_runtime::transaction_validity::TransactionValidityError",
    variants: enumOf({ Invalid: ["InvalidTransaction"], Unknown: ["UnknownTransaction"] }),
  },
  InvalidTransaction: {
    path: "sp_runtime::transaction_validity::InvalidTransaction",
    variants: enumOf({
      Call: [],
      Payment: [],
      Future: [],
      Stale: [],
      BadProof: [],
      AncientBirthBlock: [],
      ExhaustsResources: [],
      Custom: ["u8"],
      BadMandatory: [],
      MandatoryValidation: [],
      BadSigner: [],
    }),
  },
  UnknownTransaction: {
    path: "sp_runtime::transaction_validity::UnknownTransaction",
    variants: enumOf({ CannotLookup: [], NoUnsignedValidator: [], Custom: ["u8"] }),
  },
  RuntimeDispatchInfo: {
    path: "pallet_transaction_payment::types::RuntimeDispatchInfo",
    fields: { weight: "Weight", class: "DispatchClass", partial_fee: "u128" },
    params: { Balance: "u128", Weight: "Weight" },
  },
};

/** `Immortal`, then `Mortal1(u8)` to `Mortal255(u8)`: the first byte of an era is its variant. */
function eras(): Variant[] {
  const mortal = Array.from(
    { length: 255 },
    (_, i): Variant => ({ name: `Mortal${i + 1}`, index: i + 1, fields: ["u8"] }),
  );
  return [{ name: "Immortal", index: 0 }, ...mortal];
}

/** Variants are named so in Rust. */
export function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
