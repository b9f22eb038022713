/** The trusted state machine: light client, channel and executor behind one `accept`. */
export { type Chain, type DispatchedBlock, finalizedOf, genesisOf, type Parachain } from "./chain.ts";
export * from "./dispatch/error.ts";
export { remarkTag } from "./dispatch/remark.ts";
export type { RuntimeCode } from "./dispatch/runtime-code.ts";
export * from "./error.ts";
export * from "./event.ts";
export * from "./handover/error.ts";
export type { SharedSecrets, Shown } from "./handover/event.ts";
export { maxHandoverBlocks } from "./handover/handover.ts";
export type { Identity } from "./identity.ts";
export * from "./keep/error.ts";
export * from "./query/error.ts";
export { maxExpiry, replayLimits } from "./query/replay.ts";
export * from "./runtime.ts";
