/** Executes the commands of a batch of blocks. The state does not change until the batch is committed. */
import { ProtocolError } from "@pruntime/core/errors";
import type { Trie } from "@pruntime/core/trie";
import { complete, type Work } from "@pruntime/core/work";
import { type Status, system } from "@pruntime/interfaces";
import type { CommandContext, CommandOutcome, Contract } from "./contract.ts";
import type { ContractId } from "./contract-id.ts";
import { ExecutorError } from "./error.ts";
import {
  commandText,
  type ExecutionReceipt,
  type ReceiptName,
  writeExecutionReceipt,
} from "./execution-receipts.ts";
import { expireReceipts, indexReceipts } from "./receipt-expiry.ts";
import type { Commitment } from "./state/commitment.ts";
import { type Entries, Overlay, stateOf } from "./state/overlay.ts";

/** A command from the chain, after the attempt to open its envelope. */
export interface OpenedCommand extends CommandContext {
  readonly contractId: ContractId;
  /** The command's bytes; `undefined` if the envelope could not be opened. */
  readonly input: Uint8Array | undefined;
  /** The status of a command whose envelope was not opened. Default: `BadSecret`. */
  readonly refused?: Status | undefined;
  /**
   * Whether the envelope was of a kind that is not bound to its sender (version 1). The sender may then have
   * copied the envelope from another account's query, reply or command. The execution receipt must therefore
   * not contain the input's text.
   */
  readonly unbound?: boolean | undefined;
}

/** The result of a command, and its execution receipt. */
export interface Execution extends Pick<CommandOutcome, "output" | "events"> {
  readonly receipt: ExecutionReceipt;
}

/**
 * A batch of blocks. The changes of all commands in the batch become part of the state together, when the
 * batch is committed.
 */
export interface Batch {
  /**
   * Runs one command and stores its execution receipt. The command's other changes apply only if its status
   * is `Ok`.
   * @throws {@link ExecutorError} `executor/state-full`; the batch can then only commit its finished blocks
   */
  execute(command: OpenedCommand): Execution;
  /**
   * Ends a block: indexes the block's execution receipts, deletes the execution receipts that expire with the
   * block, and returns the state root after the block, 32 bytes.
   */
  endBlock(number: number): Uint8Array;
  /** Does what {@link endBlock} does, in units. */
  endBlockWork(number: number): Work<Uint8Array>;
  /**
   * Commits the blocks that have ended to the state, and closes the batch. A batch that is not committed
   * changes nothing.
   */
  commit(): void;
  /**
   * Returns the work that commits the blocks that have ended, and closes the batch. The first unit of the
   * returned work makes the whole batch part of the state, so a query between two units sees all of the batch
   * or none of it.
   */
  commitWork(): Work<Work<void>>;
}

/** The part of an executor that its batches use. */
export interface BatchOwner {
  readonly contractOf: (id: ContractId) => Contract | undefined;
  readonly commitment: Commitment;
  readonly isOpen: () => boolean;
  /** @throws {@link ExecutorError} `executor/state-full` if this many more bytes do not fit */
  readonly assertFits: (bytes: number) => void;
  readonly commit: (overlay: Overlay, trie: Trie) => Work<Work<void>>;
}

/** A batch on top of the committed entries and the trie of these entries. */
export class ExecutorBatch implements Batch {
  readonly #owner: BatchOwner;
  /** The writes of the batch's finished blocks. `#block` has the writes of the current block. */
  readonly #overlay: Overlay;
  readonly #block: Overlay;
  /** The names of the execution receipts that the current block has written. */
  #named: ReceiptName[] = [];
  #trie: Trie;

  constructor(owner: BatchOwner, committed: Entries, trie: Trie) {
    this.#owner = owner;
    this.#overlay = new Overlay(committed);
    this.#block = new Overlay(this.#overlay);
    this.#trie = trie;
  }

  execute(command: OpenedCommand): Execution {
    this.#checkOpen();
    const writes = new Overlay(this.#block);
    const { status, output, events } = this.#run(command, writes);
    const isOk = status === "Ok";
    if (!isOk) writes.clear();
    const receipt: ExecutionReceipt = {
      account: command.sender.slice(),
      blockNumber: command.block.number,
      txHash: command.txHash.slice(),
      contractId: command.contractId,
      command: commandText(command.input, command.unbound === true),
      status,
    };
    if (writeExecutionReceipt(stateOf(writes, system.id), receipt))
      this.#named.push({ txHash: receipt.txHash, account: receipt.account });
    this.#owner.assertFits(this.#overlay.bytes + this.#block.bytes + writes.bytes);
    this.#block.absorb(writes);
    return { receipt, output, events: isOk ? events : [] };
  }

  endBlock(number: number): Uint8Array {
    return complete(this.endBlockWork(number));
  }

  *endBlockWork(number: number): Work<Uint8Array> {
    this.#checkOpen();
    const state = stateOf(this.#block, system.id);
    yield* indexReceipts(state, number, this.#named);
    this.#named = [];
    yield* expireReceipts(state, number);
    this.#trie = yield* this.#owner.commitment.afterWork(this.#trie, this.#block.changes());
    yield* this.#overlay.absorbing(this.#block);
    this.#block.clear();
    return this.#trie.root;
  }

  commit(): void {
    complete(complete(this.commitWork()));
  }

  *commitWork(): Work<Work<void>> {
    this.#checkOpen();
    return yield* this.#owner.commit(this.#overlay, this.#trie);
  }

  #run(command: OpenedCommand, writes: Overlay): CommandOutcome {
    const { input, refused = "BadSecret", contractId } = command;
    if (input === undefined) return ended(refused);
    const contract = this.#owner.contractOf(contractId);
    if (contract === undefined) return ended("BadContractId");
    try {
      return contract.command(command, stateOf(writes, contractId), input);
    } catch (error) {
      if (error instanceof ProtocolError) return ended("UnknownError");
      throw error;
    }
  }

  /** @throws {@link ExecutorError} `executor/batch-closed` */
  #checkOpen(): void {
    if (!this.#owner.isOpen()) throw new ExecutorError({ code: "executor/batch-closed" });
  }
}

/** The outcome of a command that could not run, or that threw a coded error. */
function ended(status: Status): CommandOutcome {
  return { status, output: new Uint8Array(), events: [] };
}
