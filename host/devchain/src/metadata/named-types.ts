/** The types of a FRAME runtime that clients recognise by path and shape. */
import { enumOf, type NamedType, unitEnum, type Variant } from "./type-registry.ts";

/**
 * The types that pallets, extensions and runtime APIs share. Each pallet declares the types that only it
 * uses.
 */
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

  Weight: {
    path: "sp_weights::weight_v2::Weight",
    fields: { ref_time: "Compact<u64>", proof_size: "Compact<u64>" },
  },
  DispatchClass: {
    path: "frame_support::dispatch::DispatchClass",
    variants: unitEnum("Normal", "Operational", "Mandatory"),
  },
  Pays: { path: "frame_support::dispatch::Pays", variants: unitEnum("Yes", "No") },
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
};

/** `Immortal`, then `Mortal1(u8)` to `Mortal255(u8)`. The first byte of an era selects the variant. */
function eras(): Variant[] {
  const mortal = Array.from(
    { length: 255 },
    (_, i): Variant => ({ name: `Mortal${i + 1}`, index: i + 1, fields: ["u8"] }),
  );
  return [{ name: "Immortal", index: 0 }, ...mortal];
}
