import { ProtocolError } from "@pruntime/core/errors";

/** Errors of contracts. Each `contractId` has the form that `contractText` writes. */
export type ContractErrorDetail =
  /** The request of a query does not have the shape that the contract's interface declares. */
  | { readonly code: "contract/bad-request"; readonly contractId: string }
  /** A contract uses a state key that is empty or longer than 256 bytes. This is a bug in the contract. */
  | { readonly code: "contract/bad-key"; readonly length: number }
  /** A contract's state lacks an entry that another entry refers to. */
  | { readonly code: "contract/missing-entry"; readonly key: string };

/** A request that a contract cannot answer, or a state that a contract cannot use. */
export class ContractError extends ProtocolError<ContractErrorDetail> {}

/** Errors of the executor. Each `contractId` has the form that `contractText` writes. */
export type ExecutorErrorDetail =
  /** The state key is not 32 bytes long. */
  | { readonly code: "executor/bad-state-key"; readonly length: number }
  /** Two contracts have the same id. */
  | { readonly code: "executor/duplicate-contract"; readonly contractId: string }
  /** The batch was committed, or was closed because a newer batch began or a whole state was loaded. */
  | { readonly code: "executor/batch-closed" }
  /**
   * The state and the batch's changes need more memory than the worker has for them. Nothing changed: the
   * worker goes on answering queries, and dispatches no further block that contains commands. Start the
   * worker with a larger heap (`--enclave-heap`). A worker that loads a state also needs memory for the state
   * that it replaces. `bytes` is a multiple of 64 KiB.
   */
  | { readonly code: "executor/state-full"; readonly bytes: number; readonly budget: number }
  /**
   * The worker gave up a dump or a load that was in progress, because its state needed the memory, or because
   * another dump or load began: begin again.
   */
  | { readonly code: "executor/given-up" }
  /** Entries of the dump are not in strictly ascending order. */
  | { readonly code: "executor/dump-order"; readonly entry: number }
  /** The dump contains state of a contract that this executor does not have. */
  | { readonly code: "executor/dump-contract"; readonly contractId: string }
  /** The dump contains an entry with a malformed path, or an entry that its contract does not know. */
  | { readonly code: "executor/dump-entry"; readonly entry: number };

/** A misuse of the executor, or a dump that is not a valid state. */
export class ExecutorError extends ProtocolError<ExecutorErrorDetail> {}
