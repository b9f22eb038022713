export { type BlockLimits, blockLimitsOf } from "./block-limits.ts";
export { BlockRemarks, hasRemarked, type Remarked, readRemarked } from "./block-remarks.ts";
export * from "./decode-value.ts";
export * from "./error.ts";
export {
  compileEvents,
  compileEventsWork,
  type EventDecoder,
  type EventFields,
  type EventFilter,
  type EventRecord,
  type Phase,
} from "./events.ts";
export type { ExtrinsicFormat } from "./extrinsic-format.ts";
export * from "./legacy.ts";
export type { RuntimeMetadata, StorageHasher, StorageItem } from "./metadata.ts";
export {
  decodeMetadata,
  decodeMetadataWork,
  type PalletConstant,
  type PalletMetadata,
  type PalletStorage,
} from "./metadata.ts";
export type { Field, MetadataVersion, Primitive, RegistryType, TypeDefinition, Variant } from "./registry.ts";
export { compileRemarks, type RemarkFinder } from "./remarks.ts";
export * from "./require.ts";
export { followedSystemVersion, systemVersionOf } from "./runtime-version.ts";
export type { BitSequence, NamedFields, Value, VariantValue } from "./value.ts";
