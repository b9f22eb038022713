/** Finds commands among a block's events: `Execution.CommandPushed`, whose meaning the runtime's metadata gives. */
import { compileEvents, decodeMetadata, type EventFields, type EventRecord, requireEvent } from "@pruntime/core/metadata";
import { DispatchError } from "./error.ts";

/** A command that stands on the chain, unopened. */
export interface PushedCommand {
  /** Index of the extrinsic within its block. */
  readonly index: number;
  /** Account, 32 bytes. */
  readonly sender: Uint8Array;
  readonly contractId: number;
  /** What was put on chain: UTF-8 JSON of an envelope, if it is one. */
  readonly payload: Uint8Array;
}

/** Reads the commands of one block out of its `System.Events`. @throws CodecError, MetadataError, {@link DispatchError} */
export type CommandEvents = (number: number, events: Uint8Array) => PushedCommand[];

/** Fields as they must be declared: a runtime whose event differs is refused at init, not misread later. */
const shape = { who: "[u8; 32]", contract_id: "u32", payload: "Vec<u8>", number: "u32" } as const;
const [pallet, event] = ["Execution", "CommandPushed"];

/** @throws CodecError, MetadataError: no metadata, or a runtime without this event */
export function compileCommandEvents(runtimeMetadata: Uint8Array): CommandEvents {
  const metadata = decodeMetadata(runtimeMetadata);
  requireEvent(metadata, pallet, event, shape);
  const decoder = compileEvents(metadata);
  return (number, events) =>
    decoder
      .decode(events)
      .filter((record) => record.pallet === pallet && record.name === event)
      .map((record) => readCommand(number, record));
}

/** An event outside an extrinsic has no sender's signature behind it; the runtime emitted it, so it counts, at index 2^32 − 1. */
function readCommand(number: number, { phase, fields }: EventRecord): PushedCommand {
  const { who, contract_id, payload }: EventFields = fields;
  if (!(who instanceof Uint8Array) || typeof contract_id !== "number" || !(payload instanceof Uint8Array))
    throw new DispatchError({ code: "dispatch/bad-command-event", number });
  return { index: phase.kind === "apply-extrinsic" ? phase.index : 0xffff_ffff, sender: who, contractId: contract_id, payload };
}
