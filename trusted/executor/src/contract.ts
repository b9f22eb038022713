/** What a contract is, and what it is given. Contracts are pure: same commands in the same order, same state, everywhere. */
import type { Json } from "@pruntime/core/json";
import type { AnyCell } from "./cell.ts";
import type { State, StateView } from "./state.ts";
import type { Status } from "./status.ts";

/** The finalized block a command stands in. */
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

export interface QueryContext {
  /** The account (32 bytes) that proved to have signed the query; `undefined`: anonymous. */
  readonly origin: Uint8Array | undefined;
  /** The operator's data area, and what was made of it. Not part of the state. */
  readonly data: DataAreaView;
}

/** What a query may know of the data area. */
export interface DataAreaView {
  /** Whether the operator gave this file. */
  has(path: string): boolean;
  /** Rows of an order's result; `undefined` while there is none. */
  matchedRows(order: number): number | undefined;
}

/** An order whose result is a join of two files of the data area. */
export interface JoinOrder {
  readonly id: number;
  readonly dataset: string;
  readonly query: string;
}

export interface Contract {
  readonly id: number;
  /** For people: logs and the console. */
  readonly name: string;
  /** Every kind of entry in this contract's state: what a dump is checked against. */
  readonly cells: readonly AnyCell[];
  /**
   * Any status but `Ok` undoes what the command wrote. @throws JsonError when the command is malformed: it becomes a `BadCommand`; any other
   * coded error becomes an `UnknownError`
   */
  command(context: CommandContext, state: State, command: Json): Status;
  /** @throws JsonError when the request is malformed */
  query(context: QueryContext, state: StateView, request: Json): Json;
  /** Writes the state before the first block. */
  genesis?(state: State): void;
  /** The orders from id `first` on, by id. */
  joinOrders?(state: StateView, first: number): Iterable<JoinOrder>;
}
