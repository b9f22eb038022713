/**
 * A contract's interface as data: the commands and requests, the accounts that may send them, and the ways in
 * which a command or a request can end. An interface is plain JSON, so that a contract can include its own.
 * All readers and writers of a contract's messages are derived from the interface.
 */
import type { Json } from "@pruntime/core/json";
import type { Schema, ValueOf } from "./schema/schema.ts";

/** One way in which a command or a request can end, with a sentence that explains when. */
export type Ending = {
  readonly name: string;
  readonly when: string;
};

/** A command of a contract. */
export type CommandInterface = {
  readonly name: string;
  /** What the command does: a sentence for people. */
  readonly meaning: string;
  /** Which accounts may send the command: a phrase for people. */
  readonly sender: string;
  readonly input: Schema;
  /**
   * The statuses with which this command can end, in addition to `Ok` and the statuses that are common to all
   * commands.
   */
  readonly statuses: readonly Ending[];
  /** An example input, as JSON. */
  readonly example: Json;
};

/** A request to a contract: a query, which changes nothing. */
export type RequestInterface = {
  readonly name: string;
  /** What the request asks for: a sentence for people. */
  readonly meaning: string;
  /** Which accounts get an answer: a phrase for people. */
  readonly asker: string;
  readonly input: Schema;
  readonly answer: Schema;
  /** The reasons for which the contract refuses the request. */
  readonly refusals: readonly Ending[];
  /** An example input and answer, as JSON. */
  readonly example: { readonly input: Json; readonly answer: Json };
};

/** All commands and requests of a contract. */
export type ContractInterface = {
  /** The contract's name in documents, pages and command lines. */
  readonly name: string;
  readonly meaning: string;
  readonly commands: readonly CommandInterface[];
  readonly requests: readonly RequestInterface[];
};

/** The names of the commands of the interface `I`. */
export type CommandName<I extends ContractInterface> = I["commands"][number]["name"];

/** The names of the requests of the interface `I`. */
export type RequestName<I extends ContractInterface> = I["requests"][number]["name"];

/** The command `N` of the interface `I`. */
export type CommandOf<I extends ContractInterface, N extends CommandName<I>> = Extract<
  I["commands"][number],
  { readonly name: N }
>;

/** The request `N` of the interface `I`. */
export type RequestOf<I extends ContractInterface, N extends RequestName<I>> = Extract<
  I["requests"][number],
  { readonly name: N }
>;

/** The input of a command or a request, in memory. */
export type InputOf<M extends { readonly input: Schema }> = ValueOf<M["input"]>;

/** The answer to a request, in memory. */
export type AnswerOf<R extends RequestInterface> = ValueOf<R["answer"]>;
