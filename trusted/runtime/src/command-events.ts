/**
 * Finds commands among a block's events: `Execution.CommandPushed`, whose meaning the runtime's metadata gives. The metadata is told at init and part of the
 * anchor. Nothing proves newer metadata from `:code` yet, so a worker stops dispatching at the block that changes the runtime (`runtime/metadata-outdated`).
 */
import {
  compileEvents,
  decodeMetadata,
  type EventRecord,
  MetadataError,
  type RuntimeMetadata,
  requireEvent,
} from "@pruntime/core/metadata";
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

const [pallet, event] = ["Execution", "CommandPushed"];

/**
 * How the event may be declared: as the pallet does today, with the sender under another name, or without names, as in 2020. A runtime whose event differs
 * is refused at init, not misread later.
 */
const declarations = [
  ["who", "contract_id", "payload", "number"],
  ["sender", "contract_id", "payload", "number"],
  ["0", "1", "2", "3"],
] as const;
type Declaration = (typeof declarations)[number];

/** @throws CodecError, MetadataError: no metadata, or a runtime without this event */
export function compileCommandEvents(runtimeMetadata: Uint8Array): CommandEvents {
  const metadata = decodeMetadata(runtimeMetadata);
  const declaration = declarationOf(metadata);
  const decoder = compileEvents(metadata);
  return (number, events) =>
    decoder
      .decode(events)
      .filter((record) => record.pallet === pallet && record.name === event)
      .map((record) => readCommand(number, declaration, record));
}

/** @throws MetadataError, of the first declaration where none fits */
function declarationOf(metadata: RuntimeMetadata): Declaration {
  return declarations.find((declaration) => isDeclared(metadata, declaration)) ?? required(metadata, declarations[0]);
}

function isDeclared(metadata: RuntimeMetadata, declaration: Declaration): boolean {
  try {
    required(metadata, declaration);
    return true;
  } catch (error) {
    if (error instanceof MetadataError && error.code === "metadata/event-mismatch") return false;
    throw error;
  }
}

function required(metadata: RuntimeMetadata, declaration: Declaration): Declaration {
  const [who, contractId, payload, number] = declaration;
  requireEvent(metadata, pallet, event, { [who]: "[u8; 32]", [contractId]: "u32", [payload]: "Vec<u8>", [number]: "u32" });
  return declaration;
}

/** An event outside an extrinsic has no sender's signature behind it; the runtime emitted it, so it counts, at index 2^32 − 1. */
function readCommand(number: number, [who, id, bytes]: Declaration, { phase, fields }: EventRecord): PushedCommand {
  const [sender, contractId, payload] = [fields[who], fields[id], fields[bytes]];
  if (!(sender instanceof Uint8Array) || typeof contractId !== "number" || !(payload instanceof Uint8Array))
    throw new DispatchError({ code: "dispatch/bad-command-event", number });
  return { index: phase.kind === "apply-extrinsic" ? phase.index : 0xffff_ffff, sender, contractId, payload };
}
