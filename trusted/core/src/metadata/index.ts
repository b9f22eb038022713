export * from "./decode-value.ts";
export * from "./error.ts";
export {
  compileEvents,
  type EventDecoder,
  type EventFields,
  type EventRecord,
  type Phase,
} from "./events.ts";
export * from "./legacy.ts";
export type { RuntimeMetadata, StorageHasher, StorageItem } from "./metadata.ts";
export { decodeMetadata, type PalletConstant, type PalletMetadata, type PalletStorage } from "./metadata.ts";
export type { Field, MetadataVersion, Primitive, RegistryType, TypeDefinition, Variant } from "./registry.ts";
export * from "./require.ts";
export type { BitSequence, NamedFields, Value, VariantValue } from "./value.ts";
