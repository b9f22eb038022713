/** Finds pallets, events, storage items and constants in a runtime's metadata, and checks required events. */
import { Types } from "./compile.ts";
import { describeType } from "./describe.ts";
import { MetadataError } from "./error.ts";
import type { PalletConstant, PalletMetadata, RuntimeMetadata, StorageItem } from "./metadata.ts";
import type { Variant } from "./registry.ts";

/**
 * The field names (positions for unnamed fields) and types of an event, as {@link requireEvent} compares
 * them, for example `{ who: "[u8; 32]" }`.
 */
export type EventShape = Readonly<Record<string, string>>;

/**
 * Checks that a runtime has an event with exactly these fields, in this order. Types are in Rust notation. A
 * type with a single, unnamed field is described as the type of that field: an `AccountId32` is a `[u8; 32]`.
 * @throws {@link MetadataError} `metadata/missing`, `metadata/event-mismatch`
 */
export function requireEvent(
  metadata: RuntimeMetadata,
  pallet: string,
  event: string,
  shape: EventShape,
): void {
  const types = new Types(metadata.types);
  const variant = eventVariant(types, metadata, pallet, event);
  if (variant === undefined) throw missing(`event ${pallet}.${event}`);
  const fields = variant.fields.slice(0, maxFields);
  const have = render(fields.map(({ name, type }, i) => [name ?? String(i), describeType(types, type)]));
  const want = render(Object.entries(shape));
  if (have !== want || fields.length < variant.fields.length)
    throw new MetadataError({ code: "metadata/event-mismatch", event: `${pallet}.${event}`, have, want });
}

/**
 * The fields of an event that are compared with the required ones.
 * @limit fields
 * @source chosen: no required event has more
 * @past `metadata/event-mismatch`
 */
const maxFields = 32;

/** Returns whether a runtime has an event with this name, whatever the event's fields. */
export function hasEvent(metadata: RuntimeMetadata, pallet: string, event: string): boolean {
  return eventVariant(new Types(metadata.types), metadata, pallet, event) !== undefined;
}

function eventVariant(
  types: Types,
  metadata: RuntimeMetadata,
  pallet: string,
  event: string,
): Variant | undefined {
  const events = findPallet(metadata, pallet)?.events;
  if (events === undefined) return undefined;
  const definition = types.definition(types.resolve(events));
  return definition.kind === "variant" ? definition.variants.find(({ name }) => name === event) : undefined;
}

function render(fields: readonly (readonly [string, string])[]): string {
  return `{ ${fields.map(([name, type]) => `${name}: ${type}`).join(", ")} }`;
}

/** A pallet of a runtime, or `undefined` if the runtime does not have it. */
export function findPallet(metadata: RuntimeMetadata, pallet: string): PalletMetadata | undefined {
  return metadata.pallets.find(({ name }) => name === pallet);
}

/** A storage item of a runtime, or `undefined` if the runtime does not have it. */
export function findStorage(
  metadata: RuntimeMetadata,
  pallet: string,
  item: string,
): StorageItem | undefined {
  return findPallet(metadata, pallet)?.storage?.items.get(item);
}

/** A constant of a runtime, or `undefined` if the runtime does not have it. */
export function findConstant(
  metadata: RuntimeMetadata,
  pallet: string,
  constant: string,
): PalletConstant | undefined {
  return findPallet(metadata, pallet)?.constants.get(constant);
}

function missing(what: string): MetadataError {
  return new MetadataError({ code: "metadata/missing", what });
}
