/** The untrusted REST service in front of an enclave. */
export type { ProxyHeader, ProxyOptions } from "./access/proxies.ts";
export type { EnclaveIdentity, EnclaveState, EnclaveStatus } from "./enclave/supervisor.ts";
export { GatewayError, type GatewayErrorDetail } from "./error.ts";
export type { EvidenceOptions } from "./evidence/endorse.ts";
export {
  type Gateway,
  type GatewayLimits,
  type GatewayOptions,
  type OperatorOptions,
  startGateway,
} from "./gateway.ts";
export type { ListenAddress } from "./http/listen.ts";
export type { LogOptions } from "./log.ts";
export { type PageServer, type PageServerOptions, startPageServer } from "./page-server.ts";
export type { BlobStore } from "./store/store.ts";
