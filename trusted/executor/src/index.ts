/** Contracts and their executor: transactional state, execution receipts, and a keyed state root. */
export type { Batch, Execution, OpenedCommand } from "./batch.ts";
export {
  type DataArea,
  DataError,
  type DataLimits,
  type FileSeal,
  followOrders,
  hashTableOf,
  readFile,
  type StoredFile,
  storingFile,
} from "./built-in/data-plaza/index.ts";
export { type BuiltInContracts, builtInContracts } from "./built-in/index.ts";
export * from "./contract.ts";
export type { ContractId } from "./contract-id.ts";
export * from "./error.ts";
export type { ExecutionReceipt } from "./execution-receipts.ts";
export { Executor, type ExecutorOptions, type Replacement } from "./executor.ts";
export type { LoadingState } from "./state/load.ts";
export type { State, StateView } from "./state/overlay.ts";
export type { Snapshot } from "./state/snapshot.ts";
