/**
 * Decodes with the codecs of polkadot-api, the peer. Writes the values of the peer and of this program in the
 * same notation, so that tests can compare the values.
 */
import { getDynamicBuilder, getLookupFn } from "@polkadot-api/metadata-builders";
import { AccountId, metadata as metadataCodec, unifyMetadata } from "@polkadot-api/substrate-bindings";
import { to0x } from "../../src/bytes/index.ts";
import type { Value } from "../../src/metadata/index.ts";

const account = AccountId();

// biome-ignore lint/suspicious/noExplicitAny: whatever the peer's codec makes
type Any = any;

/** Types and events as the peer reads them. */
export interface Peer {
  readonly decode: (type: number, bytes: Uint8Array) => unknown;
  readonly events: (bytes: Uint8Array) => Any[];
  readonly pallets: readonly Any[];
  readonly types: number;
}

export function peerOf(metadata: Uint8Array): Peer {
  const unified = unifyMetadata(metadataCodec.dec(metadata));
  const builder = getDynamicBuilder(getLookupFn(unified as never));
  return {
    decode: (type, bytes) => builder.buildDefinition(type).dec(bytes),
    events: (bytes) => builder.buildStorage("System", "Events").value.dec(bytes) as Any[],
    pallets: unified.pallets,
    types: unified.lookup.length,
  };
}

/**
 * Writes this program's values: bytes as hex, no value as `null`, enums as `[kind, value]`, a single field as
 * its value, several unnamed fields as an array, and several named fields as an object.
 */
export function ours(value: Value): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return to0x(value);
  if (Array.isArray(value)) return elements((value as Value[]).map(ours));
  if (typeof value !== "object") return value;
  const entries = Object.entries(value);
  if ("bytes" in value && "length" in value && typeof value.length === "number" && entries.length === 2)
    return Array.from(
      { length: value.length },
      (_, i) => (((value.bytes as Uint8Array)[i >> 3] as number) >> (i & 7)) & 1,
    ); // u8, Lsb0
  if ("kind" in value && "value" in value && entries.length === 2)
    return [value.kind, ours(value.value as Value)];
  return fields(entries.map(([name, field]) => [name, ours(field as Value)]));
}

/**
 * Writes the peer's values in the notation of {@link ours}. The peer returns accounts as SS58, which become
 * hex here.
 */
export function peers(value: Any): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return to0x(value);
  if (Array.isArray(value)) return elements(value.map(peers));
  if (typeof value === "string" && /^[1-9A-HJ-NP-Za-km-z]{46,48}$/.test(value))
    return to0x(account.enc(value));
  if (typeof value !== "object") return value;
  const entries = Object.entries(value);
  if ("type" in value && "value" in value && entries.length === 2) return [value.type, peers(value.value)];
  return fields(entries.map(([name, field]) => [name, peers(field)]));
}

function fields(entries: readonly (readonly [string, unknown])[]): unknown {
  const [first] = entries;
  if (first === undefined) return null;
  if (entries.length === 1) return first[1];
  return first[0] === "0" ? entries.map(([, field]) => field) : Object.fromEntries(entries);
}

/** Unwraps an array of one element, as the peer does. */
function elements(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}
