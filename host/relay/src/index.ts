/** pHost: follows a Substrate chain and feeds a worker. */
export { fetchCheckpoint } from "./checkpoint.ts";
export * from "./error.ts";
export { fetchCheckpointInput, fetchInitInput, type InitInput, type MeaningBy } from "./init.ts";
export { metricsText, type ServedMetrics, serveMetrics } from "./metrics.ts";
export { SubstrateNode } from "./node/node.ts";
export { connectNode, type NodeConnection } from "./node/rpc.ts";
export {
  barProgress,
  lineProgress,
  type Position,
  type Progress,
  progressOn,
  silentProgress,
  statusLine,
} from "./progress.ts";
export type { RegisterOptions } from "./registrar.ts";
export { fetchRegistration, type Registration } from "./registration.ts";
export { type RelayOptions, runRelay } from "./relay.ts";
export { newStats, type RelayStats } from "./stats.ts";
export { fetchWarpFragments } from "./warp.ts";
export { RemoteWorker } from "./worker.ts";
