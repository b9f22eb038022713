/** pHost: follows a Substrate node and feeds a worker. */
export { fetchCheckpoint } from "./checkpoint.ts";
export * from "./error.ts";
export { fetchCheckpointInput, fetchInitInput, type InitInput, type MeaningBy } from "./init.ts";
export { SubstrateNode } from "./node/node.ts";
export { connectNode, type NodeConnection } from "./node/rpc.ts";
export { barProgress, lineProgress, type Progress, progressOn, silentProgress } from "./progress.ts";
export { describe, type RelayOptions, runRelay } from "./relay.ts";
