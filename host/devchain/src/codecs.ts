/** Codecs of the runtime's storage, events, constants and calls, made from the metadata that clients get. Accounts are hex, not SS58. */
import { getDynamicBuilder, getLookupFn } from "@polkadot-api/metadata-builders";
import { metadata as metadataCodec, type UnifiedMetadata, unifyMetadata } from "@polkadot-api/substrate-bindings";
import { buildMetadata, type EncodeType, type VersionedMetadata } from "./metadata/build.ts";
import { pallets, type RuntimeParameters } from "./metadata/pallets.ts";

/** A value on the way in or out of a codec. */
export type Value = unknown;

/** A two-way codec of one type. */
export interface Codec {
  readonly enc: (value: Value) => Uint8Array;
  readonly dec: (bytes: Uint8Array) => Value;
}

/** The runtime's metadata in each version, and what follows from it. */
export interface RuntimeCodecs {
  readonly metadata: ReadonlyMap<number, Uint8Array>;
  /** The codec of a storage item's value. */
  readonly storage: (pallet: string, item: string) => Codec;
  /** Inputs and output of a runtime API method. */
  readonly api: (api: string, method: string) => { readonly inputs: Codec; readonly output: Codec };
  /** The codec of the outer call enum. */
  readonly call: Codec;
  /** Position of an error in `DispatchError::Module`. */
  readonly moduleError: (pallet: string, error: string) => Value;
}

const versions = [14, 15, 16] as const;

/** Builds the metadata twice: without constants, for the codecs that then encode the constants. */
export function createRuntimeCodecs(parameters: RuntimeParameters): RuntimeCodecs {
  const table = pallets(parameters);
  const draft = dynamic(unified(buildMetadata(16, table, () => new Uint8Array())));
  const encodeType: EncodeType = (type, value) => draft.buildDefinition(type).enc(value as never);
  const encoded = new Map(versions.map((version) => [version, encodeMetadata(buildMetadata(version, table, encodeType))]));
  return { metadata: encoded, ...codecsOf(unified(buildMetadata(16, table, encodeType)), table) };
}
