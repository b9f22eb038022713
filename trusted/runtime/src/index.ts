/** The trusted state machine: `Runtime.accept` handles each event that the host sends to a worker. */
export { type Chain, type DispatchedBlock, finalizedOf, genesisOf, type Parachain } from "./chain.ts";
export * from "./dispatch/error.ts";
export type { RuntimeCode } from "./dispatch/runtime-code.ts";
export * from "./error.ts";
export * from "./event.ts";
export * from "./handover/error.ts";
export type { CommittedBlock, Judged, Shown } from "./handover/event.ts";
export { maxHandoverBlocks } from "./handover/handover.ts";
export { drawSecrets, type Identity, identityOf, type Secrets, type WorkerKeys } from "./identity.ts";
export * from "./keep/error.ts";
export type { Effects, KeptRecord } from "./keep/record.ts";
export * from "./keep/restore.ts";
export type { BelowMark, Mark } from "./mark.ts";
export { maxQueryLife, nonceLimits } from "./query/nonces.ts";
export * from "./runtime.ts";
export type { RuntimePlatform } from "./state.ts";
