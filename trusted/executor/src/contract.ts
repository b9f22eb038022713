/**
 * The interface between contracts and the executor. Contracts are deterministic: the same commands in the
 * same order give the same state everywhere. Each contract defines the format of its own commands and
 * queries.
 */
import type { Work } from "@pruntime/core/work";
import type { Status } from "@pruntime/interfaces";
import type { ContractId } from "./contract-id.ts";
import type { State, StateView } from "./state/overlay.ts";

/** The finalized block that contains a command. */
export interface BlockContext {
  readonly number: number;
  /** The chain time of the block, in Unix milliseconds. */
  readonly timeMs: bigint;
}

/** The sender of a command, and the position of the command on the chain. */
export interface CommandContext {
  readonly block: BlockContext;
  /** Index of the extrinsic within its block. */
  readonly index: number;
  /** Account, 32 bytes. */
  readonly sender: Uint8Array;
  /** The key of the execution receipt, 32 bytes: the hash of the command's extrinsic or of its payload. */
  readonly txHash: Uint8Array;
}

/** The result of a command. */
export interface CommandOutcome {
  /** A status other than `Ok` undoes the command's writes and drops its events. */
  readonly status: Status;
  /** The bytes that the contract returns to the sender. */
  readonly output: Uint8Array;
  /** The events that the contract emits, in order. */
  readonly events: readonly Uint8Array[];
}

/** The account that sent a query. */
export interface QueryContext {
  /** The account (32 bytes) that signed the query; `undefined` for an anonymous query. */
  readonly origin: Uint8Array | undefined;
}

/** The functions of a contract that the executor calls. */
export interface Contract {
  readonly id: ContractId;
  /** Runs a command. If this method throws a coded error, the command ends with `UnknownError`. */
  command(context: CommandContext, state: State, input: Uint8Array): CommandOutcome;
  /** Answers a query. @throws ContractError `contract/bad-request` if the contract cannot read the request */
  query(context: QueryContext, state: StateView, request: Uint8Array): Uint8Array;
  /**
   * Returns whether this contract's state can have an entry with this key. The key has one character for each
   * of its bytes.
   * @throws CodecError, BytesError if the key is valid, but the value does not have the type that belongs to
   * the key
   */
  checkEntry(key: string, value: Uint8Array): boolean;
  /** Writes the state before the first block. */
  genesis?(state: State): void;
}

/**
 * Follows the committed state of a contract from outside the contract. A service's own data is not in the
 * state root, and commands cannot see this data.
 */
export interface Service {
  /** The contract whose state the service follows. */
  readonly contract: ContractId;
  /**
   * Reads a state that is about to be committed: the state before the first block, and later the state after
   * each batch. The executor runs the returned work after the commit. That work cannot fail, and queries may
   * be answered between its units.
   * @throws ProtocolError to refuse the batch
   */
  committing(state: StateView): Work<Work<void>>;
  /**
   * Reads a state that is about to replace the committed state. The executor runs the returned work after the
   * replacement. That work cannot fail.
   * @throws ProtocolError to refuse the state
   */
  replacing(state: StateView): Work<Work<void>>;
}
