import { ProtocolError } from "@pruntime/core/errors";

export type ContractErrorDetail =
  /** The request of a query is not of the shape the contract's interface declares. */
  | { readonly code: "contract/bad-request"; readonly contractId: number }
  /** A contract names a state key that is empty, too long or not printable ASCII: a bug in it. */
  | { readonly code: "contract/bad-key"; readonly length: number }
  /** A contract's state lacks an entry that another entry promises. */
  | { readonly code: "contract/missing-entry"; readonly key: string };

/** What a contract cannot answer, or may not do. */
export class ContractError extends ProtocolError<ContractErrorDetail> {}

export type ExecutorErrorDetail =
  /** The state key is not 32 bytes long. */
  | { readonly code: "executor/bad-state-key"; readonly length: number }
  /** Two contracts claim one id, or one claims id 0. */
  | { readonly code: "executor/duplicate-contract"; readonly contractId: number }
  /** The batch was committed, or another batch or state took its place. */
  | { readonly code: "executor/batch-closed" }
  /** The dump is of a version this executor does not read. */
  | { readonly code: "executor/dump-version"; readonly version: number }
  /** Entries of the dump are not in strictly ascending order. */
  | { readonly code: "executor/dump-order"; readonly entry: number }
  /** The dump holds state of a contract this executor does not have. */
  | { readonly code: "executor/dump-contract"; readonly contractId: number }
  /** The dump holds an entry that its contract does not know. */
  | { readonly code: "executor/dump-entry"; readonly contractId: number; readonly entry: number };

/** A misuse of the executor, or a dump that is not one state. */
export class ExecutorError extends ProtocolError<ExecutorErrorDetail> {}

export type DataErrorDetail =
  /** The path is empty or longer than a link may be. */
  | { readonly code: "data/bad-path"; readonly length: number; readonly limit: number }
  /** Paths under `/order/` are results of orders: nobody writes them. */
  | { readonly code: "data/reserved-path" }
  /** The file is larger than one file may be. */
  | { readonly code: "data/file-too-large"; readonly bytes: number; readonly limit: number }
  /** The data area holds as many files as it may. */
  | { readonly code: "data/too-many-files"; readonly limit: number }
  /** The files of the data area would together be larger than it is. */
  | { readonly code: "data/full"; readonly bytes: number; readonly limit: number };

/** A file the operator's data area does not take. */
export class DataError extends ProtocolError<DataErrorDetail> {}
