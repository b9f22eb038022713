/**
 * Declares the signed extensions. They determine the bytes between an extrinsic's signature and its call, and
 * the additional data that is signed.
 */
import type { NamedType } from "./type-registry.ts";

/** Signed extensions in the order in which an extrinsic encodes them. */
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

/** A type for each extension, and `SignedExtra` for all of them. */
export const extensionTypes: Readonly<Record<string, NamedType>> = {
  ...Object.fromEntries(
    signedExtensions.map(([identifier, extra]) => [
      identifier,
      { path: `${moduleOf(identifier)}::${identifier}`, fields: extra === "()" ? [] : [extra] },
    ]),
  ),
  SignedExtra: {
    path: "devchain_runtime::SignedExtra",
    fields: signedExtensions.map(([identifier]) => identifier),
  },
};

function moduleOf(identifier: string): string {
  if (identifier === "CheckMetadataHash") return "frame_metadata_hash_extension";
  return identifier.startsWith("Charge") ? "pallet_transaction_payment" : "frame_system::extensions";
}
