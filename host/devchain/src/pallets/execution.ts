/** Commands for confidential contracts. */
import type { Context } from "../frame/context.ts";
import { failuresOf } from "../frame/failure.ts";
import type { Call, Pallet } from "../frame/pallet.ts";
import { type StorageItem, storageValue } from "../frame/storage-item.ts";
import { readWeight, writeWeight } from "../frame/weight.ts";
import type { Fields } from "../metadata/type-registry.ts";

interface PushCommand {
  readonly contract_id: number;
  readonly payload: Uint8Array;
}

const errors = ["PayloadTooLarge"] as const;
const failure = failuresOf<(typeof errors)[number]>("Execution");

const commandNumber: StorageItem<number, []> = storageValue("Execution", "CommandNumber", "u32", 0);

/**
 * Makes the pallet for commands. `push_command` has the call index of the 2020 runtime.
 * @param maxPayload the longest payload of a command, in bytes
 */
export function execution(maxPayload: number, specVersion: number): Pallet {
  const pushCommand: Call = {
    name: "push_command",
    index: 1,
    args: { contract_id: "u32", payload: "Vec<u8>" },
    docs: "Puts a command for a confidential contract on the chain.",
    run: (context, who, args: PushCommand) => push(context, maxPayload, who, args),
    weight: ({ payload }: PushCommand) =>
      7_681_000n + 13_658n * BigInt(payload.length) + readWeight + writeWeight,
  };
  return {
    name: "Execution",
    index: 6,
    calls: specVersion === 1 ? [pushCommand] : [pushCommand, noteCommand],
    events: eventsOf(specVersion),
    errors,
    constants: { MaxPayload: ["u32", maxPayload] },
    storage: [commandNumber],
  };
}

function push(
  context: Context,
  maxPayload: number,
  who: string,
  { contract_id, payload }: PushCommand,
): void {
  const { storage, deposit } = context;
  if (payload.length > maxPayload) throw failure(context, "PayloadTooLarge");
  const number = storage.get(commandNumber);
  storage.put(commandNumber, number + 1);
  deposit("Execution", "CommandPushed", { who, contract_id, payload, number });
}

/** The call that the first upgrade adds. It has the arguments of `push_command` but pushes no command. */
const noteCommand: Call = {
  name: "note_command",
  index: 2,
  args: { contract_id: "u32", payload: "Vec<u8>" },
  docs: "Emits CommandNoted, but pushes no command.",
  run: ({ deposit }, who, { contract_id, payload }: PushCommand) =>
    deposit("Execution", "CommandNoted", { who, contract_id, payload, number: 0 }),
};

/**
 * Each upgrade changes the indices of the events. With the metadata of the previous version, `CommandNoted`
 * is decoded as `CommandPushed`, and `CommandPushed` as `CommandNoted` or not at all.
 */
function eventsOf(specVersion: number): Readonly<Record<string, Fields>> {
  const command = { who: "AccountId32", contract_id: "u32", payload: "Vec<u8>", number: "u32" };
  if (specVersion === 1) return { CommandPushed: command };
  return specVersion % 2 === 0
    ? { CommandNoted: command, CommandPushed: command }
    : { CommandPushed: command, CommandNoted: command };
}
