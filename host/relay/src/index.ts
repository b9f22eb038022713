/** pHost: follows a Substrate chain and feeds a worker. */

export { describe, RelayError, type RelayErrorDetail } from "./error.ts";
export { fetchCheckpoint } from "./fetch/checkpoint.ts";
export {
  fetchCheckpointInput,
  fetchGenesisInfo,
  fetchInitInput,
  type NamedAuthority,
  type StartTerms,
  withDelay,
  withUsualTerms,
} from "./fetch/init-input.ts";
export { tryAuthorities, tryCheckpoint } from "./fetch/trial.ts";
export { fetchWarpFragments } from "./fetch/warp.ts";
export type { NodeConnection } from "./node/connection.ts";
export { SubstrateNode } from "./node/node.ts";
export { connectNode } from "./node/rpc.ts";
export type { RelayOptions } from "./options.ts";
export type { RegisterOptions } from "./registry/registrar.ts";
export { fetchRegistration, type Registration } from "./registry/registration.ts";
export { runRelay } from "./relay.ts";
export { type ServedSpools, serveSpools } from "./spool/serve.ts";
export { type SpoolOptions, Spools, usualSpoolBytes } from "./spool/spools.ts";
export { relayMetrics, type ServedMetrics, serveMetrics } from "./watch/metrics.ts";
export {
  lineProgress,
  type Position,
  type Progress,
  silentProgress,
  statusLine,
} from "./watch/progress.ts";
export { newStats, type RelayStats } from "./watch/stats.ts";
export { RemoteWorker } from "./worker.ts";
export {
  getFromWorker,
  postToWorker,
  type WorkerCall,
  type WorkerOptions,
  type WorkerReply,
} from "./worker-http.ts";
