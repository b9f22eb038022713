/** The user's own commands in this tab: puts them on the chain, and follows each until it is executed. */
import { type Signal, signal } from "@preact/signals";
import type { Via } from "@pruntime/client/chain";
import type { ChannelKind } from "@pruntime/core/channel";
import type { Json } from "@pruntime/core/json";
import { reasonOf } from "../reason.ts";
import { chosen, type DevelopmentAccount, developmentAccounts, keysOf, loadChain } from "./accounts.ts";
import { kept } from "./kept.ts";
import { locked, type Verified, verified, workerUrl } from "./session.ts";

/** The steps of a command, in order. */
export const commandSteps = ["sealed", "sent", "final", "executed"] as const;
/** How far a command has got. */
export type CommandStep = (typeof commandSteps)[number];

/** A command of this tab. It holds no plaintext: the worker's receipt has the command's text. */
export interface OwnCommand {
  /** The key of the command's execution receipt; empty until the command is sealed. */
  readonly receiptKey: string;
  readonly id: number;
  /** What the command is, such as "Balances: Transfer". */
  readonly label: string;
  /** The name of the account that sent the command. */
  readonly sender: string;
  /** The step that the command reached last. */
  readonly reached: CommandStep | "begun";
  /** 0 until the command is final. */
  readonly blockNumber: number;
  readonly blockHash: string;
  /** The status of the executed command; empty until then. */
  readonly status: string;
  /** Why the command did not get further; empty if nothing went wrong. */
  readonly failure: string;
  /** When the command was begun, in Unix milliseconds. */
  readonly atMs: number;
}

const isList = (value: unknown): value is readonly OwnCommand[] =>
  Array.isArray(value) && value.every((one) => typeof (one as Partial<OwnCommand>).receiptKey === "string");

/** The commands of this tab, the newest first. */
export const ownCommands: Signal<readonly OwnCommand[]> = kept("commands", [], isList);
/** Counts executed commands, so that views can ask again. */
export const executedCount: Signal<number> = signal(0);

/**
 * The commands that a tab remembers.
 * @limit commands
 * @source chosen
 * @past the oldest command is forgotten
 */
const maxRemembered = 50;
/**
 * How long the page waits for the receipt of a final command.
 * @limit ms
 * @source chosen: ten blocks of 6 s each
 * @past the command shows why it has no receipt
 */
const receiptTimeoutMs = 60_000;

/** What to send, and how. */
export interface CommandRequest {
  readonly label: string;
  readonly contractId: number;
  readonly json: Json;
  /** Default: v2. */
  readonly kind?: ChannelKind;
  /** Default: the pallet where the chain has it. */
  readonly via?: Via | undefined;
}

/** Seals a command, puts it on the chain, and waits until it is executed. Failures are shown beside it. */
export async function runCommand({
  label,
  contractId,
  json,
  kind,
  via,
}: CommandRequest): Promise<OwnCommand> {
  const sender = chosen.value;
  const id = begin(label, sender);
  const worker = verified.value;
  try {
    if (worker === undefined || locked.value !== undefined) throw new Error(locked.value);
    const [account, { ChainClient }] = await Promise.all([keysOf(sender), loadChain()]);
    const chain = await ChainClient.connect(nodeUrl(), via === undefined ? {} : { via });
    try {
      const options = kind === undefined ? {} : { kind };
      const push = worker.client.push(chain, account, { contractId, json }, options);
      const { receiptKey } = await push.sealed;
      change(id, { reached: "sealed", receiptKey });
      await push.inBlock;
      change(id, { reached: "sent" });
      const { blockNumber, blockHash } = await push.finalized;
      change(id, { reached: "final", blockNumber, blockHash });
    } finally {
      chain.close();
    }
    await awaitReceipt(id, sender, worker);
  } catch (error) {
    change(id, { failure: reasonOf(error) });
  }
  return ownCommands.value.find((one) => one.id === id) as OwnCommand;
}

/** Goes on waiting for the receipts of commands that were sent before the page was loaded again. */
export function resumeCommands(worker: Verified): void {
  for (const { id, sender, receiptKey, status } of ownCommands.value) {
    const account = developmentAccounts.find(({ name }) => name === sender);
    if (account === undefined || receiptKey === "" || status !== "") continue;
    change(id, { failure: "" });
    awaitReceipt(id, account, worker).catch((error: unknown) => change(id, { failure: reasonOf(error) }));
  }
}

async function awaitReceipt(id: number, sender: DevelopmentAccount, { client }: Verified): Promise<void> {
  const command = ownCommands.value.find((one) => one.id === id);
  if (command === undefined) return;
  const { awaitExecutionReceipt } = await loadChain();
  const status = await awaitExecutionReceipt(client, await keysOf(sender), command, receiptTimeoutMs);
  change(id, { reached: "executed", status });
  executedCount.value++;
}

function begin(label: string, { name: sender }: DevelopmentAccount): number {
  const id = 1 + Math.max(0, ...ownCommands.value.map((one) => one.id));
  const empty = { receiptKey: "", blockNumber: 0, blockHash: "", status: "", failure: "" };
  const command: OwnCommand = { ...empty, id, label, sender, reached: "begun", atMs: Date.now() };
  ownCommands.value = [command, ...ownCommands.value].slice(0, maxRemembered);
  return id;
}

function change(id: number, changes: Partial<OwnCommand>): void {
  ownCommands.value = ownCommands.value.map((one) => (one.id === id ? { ...one, ...changes } : one));
}

/** The URL at which the page's own server passes on calls to the node. */
export function nodeUrl(): string {
  return `${workerUrl()}/node`.replace(/^http/, "ws");
}
