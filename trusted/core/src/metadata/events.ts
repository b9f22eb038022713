/**
 * Decodes the value of `System.Events`: the events of a block, in order. The type comes from the runtime's
 * own metadata and is checked against FRAME's layout. Because of that check, this code can read the phase and
 * the topics of each record without compiling their types.
 */
import { complete, forEach, type Work } from "../work/index.ts";
import { Types } from "./compile.ts";
import { describeType } from "./describe.ts";
import { MetadataError } from "./error.ts";
import { Layouts } from "./layout.ts";
import { type PalletMetadata, type RuntimeMetadata, refuseDuplicates } from "./metadata.ts";
import type { Field, Variant } from "./registry.ts";
import { type NamedFields, ValueReader } from "./value.ts";
import { walk } from "./walk.ts";

/** The phase of block execution in which an event was emitted. */
export type Phase =
  | { readonly kind: "apply-extrinsic"; readonly index: number }
  | { readonly kind: "finalization" }
  | { readonly kind: "initialization" };

/** The fields of an event by name. The key of an unnamed field is its position. */
export type EventFields = NamedFields;

/** One event of a block, with the phase and the topics with which the event was emitted. */
export interface EventRecord {
  readonly phase: Phase;
  readonly pallet: string;
  readonly name: string;
  readonly fields: EventFields;
  /** Hashes of 32 bytes, as views of the input. */
  readonly topics: readonly Uint8Array[];
}

/** Returns whether a decoder yields the events with this pallet and this name. */
export type EventFilter = (pallet: string, event: string) => boolean;

/** Decodes the events of one runtime: all of them, or those that a filter selects. */
export interface EventDecoder {
  /**
   * Decodes the records of a block. Byte strings in them are views of `events`.
   * @throws CodecError; BytesError; {@link MetadataError}
   */
  decode(events: Uint8Array): EventRecord[];
  /**
   * Yields the records that {@link decode} returns, one by one, so that the caller need not keep them all.
   * Yields `undefined` for each thousand records that it has read, so that the caller can pause. After the
   * last record, the generator checks that no bytes are left.
   */
  records(events: Uint8Array): Generator<EventRecord | undefined, void>;
}

/** The readers of one pallet's events, by index. */
type PalletEvents = readonly (EventReader | undefined)[];

/** Reads the fields of one event, or skips them and returns `undefined` where the filter omits the event. */
interface EventReader {
  readonly name: string;
  readonly read: (r: ValueReader) => EventFields | undefined;
}

/**
 * Compiles the event decoder of a runtime. Callers do this once for each runtime.
 * @param wanted the events to yield. By default, the decoder yields all events. It skips unwanted events by
 * the sizes of their types and does not decode their fields. It therefore accepts fields of unwanted events
 * that it would refuse if it decoded them, such as a `bool` of 2.
 * @throws {@link MetadataError} `metadata/bad-events`, `metadata/bad-type`, `metadata/duplicate`
 */
export function compileEvents(metadata: RuntimeMetadata, wanted?: EventFilter): EventDecoder {
  return complete(compileEventsWork(metadata, wanted));
}

/** Does what {@link compileEvents} does, one pallet in each unit. @throws as {@link compileEvents} */
export function* compileEventsWork(metadata: RuntimeMetadata, wanted?: EventFilter): Work<EventDecoder> {
  const types = new Types(metadata.types);
  const outer = outerEvent(types, metadata);
  if (wanted === undefined) types.reader(outer.type);
  refuseDuplicates("pallet name", outer.pallets, ({ name }) => name);
  refuseDuplicates("pallet index", outer.pallets, ({ index }) => index);
  const layouts = new Layouts(types);
  const pallets = new Array<{ readonly name: string; readonly events: PalletEvents } | undefined>(256);
  yield* forEach(outer.pallets, 1, ({ name, index, events }) => {
    const isWanted = (event: string) => wanted?.(name, event) ?? true;
    pallets[index] = { name, events: compilePallet(types, layouts, events, isWanted) };
  });

  const readRecord = (r: ValueReader): EventRecord | undefined => {
    const phase = readPhase(r);
    const palletIndex = r.u8();
    const pallet = pallets[palletIndex];
    if (pallet === undefined) throw r.badTag("RuntimeEvent", palletIndex);
    const eventIndex = r.u8();
    const event = pallet.events[eventIndex];
    if (event === undefined) throw r.badTag(pallet.name, eventIndex);
    const fields = event.read(r);
    if (fields !== undefined)
      return { phase, pallet: pallet.name, name: event.name, fields, topics: readTopics(r) };
    r.skip(32 * r.count(32)); // topics
    return undefined;
  };
  function* records(events: Uint8Array): Generator<EventRecord | undefined, void> {
    const r = new ValueReader(events);
    for (let left = r.count(leastRecordBytes); left > 0; left--) {
      const record = readRecord(r);
      if (record !== undefined) yield record;
      if (left % recordsPerUnit === 0) yield undefined;
    }
    r.end();
  }
  return { records, decode: (events) => [...records(events)].filter((record) => record !== undefined) };
}

/**
 * The events of a block that are decoded in one unit of work.
 * @limit records
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses, and a query may run
 */
const recordsPerUnit = 1_000;

/** The shortest record, in bytes: phase, pallet, event, no topics. */
const leastRecordBytes = 4;

function compilePallet(
  types: Types,
  layouts: Layouts,
  id: number,
  wanted: (event: string) => boolean,
): PalletEvents {
  const events = new Array<EventReader | undefined>(256);
  const variants = variantsOf(types, id) ?? [];
  refuseDuplicates("event name", variants, ({ name }) => name);
  refuseDuplicates("event index", variants, ({ index }) => index);
  for (const { name, index, fields } of variants)
    events[index] = {
      name,
      read: wanted(name) ? fieldsReader(types, id, fields) : fieldsSkipper(layouts, fields),
    };
  return events;
}

function fieldsReader(types: Types, id: number, fields: readonly Field[]): EventReader["read"] {
  for (const { type } of fields) types.reader(type);
  return types.fieldsReader(id, fields);
}

function fieldsSkipper(layouts: Layouts, fields: readonly Field[]): EventReader["read"] {
  const parts = fields.map(({ type }) => layouts.part(type));
  return (r) => {
    r.spend(parts.length); // a field may take no bytes
    for (const part of parts) {
      const layout = layouts.at(part);
      if (layout.kind === "fixed") r.skip(layout.bytes);
      else walk(r, layouts, part, ignore);
    }
    return undefined;
  };
}

const ignore = (): void => undefined;

const finalization: Phase = Object.freeze({ kind: "finalization" });
const initialization: Phase = Object.freeze({ kind: "initialization" });

function readPhase(r: ValueReader): Phase {
  const tag = r.u8();
  switch (tag) {
    case 0:
      return { kind: "apply-extrinsic", index: r.u32() };
    case 1:
      return finalization;
    case 2:
      return initialization;
    default:
      throw r.badTag("Phase", tag);
  }
}

const noTopics: readonly Uint8Array[] = Object.freeze([]);

function readTopics(r: ValueReader): readonly Uint8Array[] {
  const count = r.count(32);
  if (count === 0) return noTopics;
  const topics: Uint8Array[] = [];
  for (let i = 0; i < count; i++) topics.push(r.take(32));
  return topics;
}

interface OuterEvent {
  readonly type: number;
  readonly pallets: readonly { readonly name: string; readonly index: number; readonly events: number }[];
}

/**
 * Finds the event enums of all pallets, and checks that `System.Events` is a list of records that contain
 * them.
 */
function outerEvent(types: Types, metadata: RuntimeMetadata): OuterEvent {
  const item = metadata.pallets.find(({ name }) => name === "System")?.storage?.items.get("Events");
  if (item === undefined) throw badEvents("there is no System.Events");
  const list = types.definition(types.resolve(item.value));
  if (item.key !== undefined || list.kind !== "sequence") throw badEvents("System.Events is not a list");
  const record = types.definition(types.resolve(list.element));
  const [phase, event, topics] = record.kind === "composite" ? record.fields : [];
  if (
    record.kind !== "composite" ||
    record.fields.length !== 3 ||
    !isNamed(phase, "phase") ||
    !isNamed(event, "event")
  )
    throw badEvents("System.Events is not a list of event records");
  if (!isNamed(topics, "topics") || describeType(types, topics.type) !== "Vec<[u8; 32]>")
    throw badEvents("the topics are not hashes");
  if (!isPhase(types, phase.type)) throw badEvents("the phase has an unexpected type");
  const outer = variantsOf(types, types.resolve(event.type));
  if (outer === undefined) throw badEvents("the event is not an enum");
  return {
    type: types.resolve(event.type),
    pallets: outer.map((variant) => palletEvents(types, metadata.pallets, variant)),
  };
}

function isNamed(field: Field | undefined, name: string): field is Field {
  return field?.name === name;
}

function isPhase(types: Types, id: number): boolean {
  const [apply, end, start, ...more] = variantsOf(types, types.resolve(id)) ?? [];
  const unit = (variant: Variant | undefined, name: string, index: number): boolean =>
    variant?.name === name && variant.index === index && variant.fields.length === 0;
  const [field, ...others] = apply?.fields ?? [];
  if (field === undefined || others.length > 0 || describeType(types, field.type) !== "u32") return false;
  const applies = apply?.name === "ApplyExtrinsic" && apply.index === 0;
  return applies && unit(end, "Finalization", 1) && unit(start, "Initialization", 2) && more.length === 0;
}

/**
 * Reads one variant of the outer enum, which has one variant for the events of each pallet. The indices come
 * from this enum and not from the list of pallets, because the enum may contain pallets that the runtime no
 * longer has. If the list has the pallet, its entry must agree with the variant, because `requireEvent` uses
 * that entry.
 */
function palletEvents(
  types: Types,
  pallets: readonly PalletMetadata[],
  variant: Variant,
): OuterEvent["pallets"][number] {
  const { name, index, fields } = variant;
  const pallet = pallets.find((entry) => entry.name === name);
  const [field, ...others] = fields;
  if (field === undefined || others.length > 0)
    throw badEvents("a variant does not contain one pallet's events");
  if (pallet !== undefined && (pallet.index !== index || pallet.events !== field.type))
    throw badEvents("the outer enum contradicts a pallet");
  const events = types.resolve(field.type);
  if (variantsOf(types, events) === undefined) throw badEvents("a pallet's events are not an enum");
  return { name, index, events };
}

function variantsOf(types: Types, id: number): readonly Variant[] | undefined {
  const definition = types.definition(id);
  return definition.kind === "variant" ? definition.variants : undefined;
}

function badEvents(reason: string): MetadataError {
  return new MetadataError({ code: "metadata/bad-events", reason });
}
