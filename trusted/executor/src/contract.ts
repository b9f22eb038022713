/**
 * What a contract is, and what it is given. Contracts are pure: the same commands in the same order give the
 * same state everywhere. What the bytes of their commands and queries mean is theirs.
 */
import type { Status } from "@pruntime/interfaces";
import type { ContractId } from "./contract-id.ts";
import type { State, StateView } from "./state/overlay.ts";

/** The finalized block that a command stands in. */
export interface BlockContext {
  readonly number: number;
  /** Chain time: the proven `Timestamp.Now`. */
  readonly timeMs: bigint;
}

/** Who sent a command, and where it stands on the chain. */
export interface CommandContext {
  readonly block: BlockContext;
  /** Index of the extrinsic within its block. */
  readonly index: number;
  /** Account, 32 bytes. */
  readonly sender: Uint8Array;
  /** 32 bytes. */
  readonly txHash: Uint8Array;
}

/** How a command ended. */
export interface CommandOutcome {
  /** Any status but `Ok` undoes what the command wrote, and drops its events. */
  readonly status: Status;
  /** What the contract returns to the sender. */
  readonly output: Uint8Array;
  /** What the contract announces, in order. */
  readonly events: readonly Uint8Array[];
}

/** Who asks a query. */
export interface QueryContext {
  /** The account (32 bytes) that proved to have signed the query; `undefined` for an anonymous query. */
  readonly origin: Uint8Array | undefined;
}

/** A contract, to the executor. */
export interface Contract {
  readonly id: ContractId;
  /** Runs a command. A coded error that it throws ends the command with `UnknownError`. */
  command(context: CommandContext, state: State, input: Uint8Array): CommandOutcome;
  /**
   * Answers a query. @throws ContractError `contract/bad-request` for a request that the contract cannot read
   */
  query(context: QueryContext, state: StateView, request: Uint8Array): Uint8Array;
  /**
   * Whether this contract's state can have an entry. The key is binary text.
   * @throws CodecError for a value of another type
   */
  checkEntry(key: string, value: Uint8Array): boolean;
  /** Writes the state before the first block. */
  genesis?(state: State): void;
}

/**
 * Follows the committed state of a contract from outside of it. What a service holds is not in the state
 * root, and no command can see it.
 */
export interface Service {
  /** The contract whose state the service is shown. */
  readonly contract: ContractId;
  /** Takes note of a batch that was committed. The state before the first block counts as one. */
  committed(state: StateView): void;
  /**
   * Reads a state that is about to replace the committed one. The function that it returns takes note of it,
   * once the state is replaced, and cannot fail. @throws ProtocolError to refuse the state
   */
  replacing(state: StateView): () => void;
}
