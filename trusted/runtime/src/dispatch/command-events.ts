/**
 * Decodes a block's events with the runtime's metadata, and finds the commands in them. A command is in
 * `Execution.CommandPushed` if the chain has that pallet, and in `System.Remarked` on any chain. A failed
 * extrinsic emits neither event.
 */
import { decodeCommandRemark } from "@pruntime/core/extrinsics";
import {
  type BlockLimits,
  type BlockRemarks,
  blockLimitsOf,
  compileEventsWork,
  compileRemarks,
  decodeMetadataWork,
  type EventRecord,
  hasEvent,
  hasRemarked,
  MetadataError,
  type Phase,
  type RemarkFinder,
  type RuntimeMetadata,
  readRemarked,
  requireEvent,
  systemVersionOf,
} from "@pruntime/core/metadata";
import { nothing, type Work } from "@pruntime/core/work";
import { DispatchError } from "./error.ts";

/** A command as it is on the chain. Its envelope has not been opened. */
export interface PushedCommand {
  /** Index of the extrinsic within its block; 2^32 − 1 if no extrinsic emitted the event. */
  readonly index: number;
  /** Account, 32 bytes. */
  readonly sender: Uint8Array;
  readonly contractId: number;
  /** The bytes on the chain: the UTF-8 JSON of an envelope if the sender followed the format. */
  readonly payload: Uint8Array;
}

/** The result of reading the events of one block. */
export interface BlockEvents {
  /** In the order of the events. */
  readonly commands: readonly PushedCommand[];
  /** Whether an event reports new runtime code. The events of later blocks may then mean something else. */
  readonly codeChanged: boolean;
  /**
   * Whether an extrinsic made a remark, but the block's body, which contains the remark, was not given.
   * Commands may then be missing.
   */
  readonly needsBody: boolean;
}

/** Reads the events of blocks that run one runtime. */
export interface CommandEvents {
  /** The runtime's SCALE metadata, which describes its events. */
  readonly metadata: Uint8Array;
  /** Reads one block's `System.Events`. @throws CodecError, MetadataError, {@link DispatchError} */
  readonly read: (number: number, events: Uint8Array, remarks: BlockRemarks | undefined) => Work<BlockEvents>;
  /** Finds the remarks in extrinsics. `undefined` if no event of this runtime reports remarks. */
  readonly findRemarks: RemarkFinder | undefined;
  /** How large the parts of this runtime's blocks can be. */
  readonly limits: BlockLimits;
  /** The runtime's `system_version`, which determines the trie layout of extrinsics roots. */
  readonly systemVersion: number;
}

/**
 * Reads the command in an event. Returns `"needs-body"` if the command may be in a remark, but the block's
 * body was not given. Returns `undefined` if the event is not a command.
 */
type CommandReader = (
  number: number,
  record: EventRecord,
  remarks: BlockRemarks | undefined,
) => PushedCommand | "needs-body" | undefined;

const [pallet, event] = ["Execution", "CommandPushed"];
const remarkedEvent = "System.Remarked";

/**
 * The events that report a change of the runtime. A header's digest also reports the change, but only since
 * the end of 2021, and on parachains only since the end of 2023.
 * @see https://github.com/paritytech/substrate/pull/9580
 * @see https://github.com/paritytech/polkadot-sdk/issues/2049
 */
const codeChanges: ReadonlySet<string> = new Set([
  "System.CodeUpdated",
  "ParachainSystem.ValidationFunctionApplied",
]);

/**
 * The field names that `Execution.CommandPushed` may have. The first list is that of today's pallet. The
 * second has a different name for the sender. The third is that of 2020, when fields had no names. The worker
 * refuses a runtime whose fields match none of the lists, so it never misreads that runtime's events.
 */
const declarations = [
  ["who", "contract_id", "payload", "number"],
  ["sender", "contract_id", "payload", "number"],
  ["0", "1", "2", "3"],
] as const;
type Declaration = (typeof declarations)[number];

/**
 * Makes a reader of the events that a runtime emits.
 * @throws CodecError, MetadataError for bytes that are not metadata; MetadataError for a runtime that
 * declares neither `CommandPushed` nor `Remarked`, declares one of these events with unknown fields, or has a
 * `system_version` whose rules this program does not know
 */
export function* compileCommandEvents(runtimeMetadata: Uint8Array): Work<CommandEvents> {
  const metadata = yield* decodeMetadataWork(runtimeMetadata);
  yield;
  const readers = commandReaders(metadata);
  const wanted = (pallet: string, event: string): boolean => {
    const name = `${pallet}.${event}`;
    return readers.has(name) || codeChanges.has(name);
  };
  const decoder = yield* compileEventsWork(metadata, wanted);
  yield;
  const findRemarks = readers.has(remarkedEvent) ? compileRemarks(metadata) : undefined;
  yield;
  return {
    metadata: runtimeMetadata.slice(),
    findRemarks,
    limits: blockLimitsOf(metadata),
    systemVersion: systemVersionOf(metadata),
    *read(number, events, remarks) {
      const commands: PushedCommand[] = [];
      let [codeChanged, needsBody] = [false, false];
      for (const record of decoder.records(events)) {
        if (record === undefined) {
          yield;
          continue;
        }
        const remarked = readRemarked(record);
        if (remarked !== undefined) yield* remarks?.search(remarked.extrinsic) ?? nothing();
        const name = `${record.pallet}.${record.name}`;
        const command = readers.get(name)?.(number, record, remarks);
        if (command === "needs-body") needsBody = true;
        else if (command !== undefined) commands.push(command);
        codeChanged ||= codeChanges.has(name);
      }
      return { commands, codeChanged, needsBody };
    },
  };
}

/**
 * Returns the command readers by event name. @throws MetadataError for a runtime that has neither
 * `Execution.CommandPushed` nor `System.Remarked`, or one of these events with unknown fields
 */
function commandReaders(metadata: RuntimeMetadata): ReadonlyMap<string, CommandReader> {
  const readers = new Map<string, CommandReader>();
  if (hasRemarked(metadata)) readers.set(remarkedEvent, readRemarkCommand);
  if (readers.size === 0 || hasEvent(metadata, pallet, event)) {
    const declaration = declarationOf(metadata);
    readers.set(`${pallet}.${event}`, (number, record) => readCommand(number, declaration, record));
  }
  return readers;
}

/** Reads the command in a remark. If the body does not contain the event's remark, there is no command. */
function readRemarkCommand(
  _: number,
  record: EventRecord,
  remarks: BlockRemarks | undefined,
): PushedCommand | "needs-body" | undefined {
  const remarked = readRemarked(record);
  if (remarked === undefined) return undefined;
  if (remarks === undefined) return "needs-body";
  const remark = remarks.of(remarked);
  const command = remark && decodeCommandRemark(remark);
  return command && { index: remarked.extrinsic, sender: remarked.sender, ...command };
}

/**
 * The declaration that matches the metadata. @throws MetadataError about the first declaration if none
 * matches
 */
function declarationOf(metadata: RuntimeMetadata): Declaration {
  return (
    declarations.find((declaration) => isDeclared(metadata, declaration)) ??
    required(metadata, declarations[0])
  );
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
  requireEvent(metadata, pallet, event, {
    [who]: "[u8; 32]",
    [contractId]: "u32",
    [payload]: "Vec<u8>",
    [number]: "u32",
  });
  return declaration;
}

function readCommand(
  number: number,
  [who, id, bytes]: Declaration,
  { phase, fields }: EventRecord,
): PushedCommand {
  const [sender, contractId, payload] = [fields[who], fields[id], fields[bytes]];
  if (!(sender instanceof Uint8Array) || typeof contractId !== "number" || !(payload instanceof Uint8Array))
    throw new DispatchError({ code: "dispatch/bad-command-event", number });
  return { index: indexOf(phase), sender, contractId, payload };
}

/**
 * The index of the extrinsic that emitted an event, or 2^32 − 1 if no extrinsic emitted the event. In the
 * second case, no sender signed the command, but the command runs, because the runtime emitted the event.
 */
function indexOf(phase: Phase): number {
  return phase.kind === "apply-extrinsic" ? phase.index : 0xffff_ffff;
}
