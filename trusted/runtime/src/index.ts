/** The trusted state machine: light client, channel and executor behind one `accept`. */
export { type Chain, type DispatchedBlock, finalizedOf, genesisOf, type Parachain } from "./chain.ts";
export * from "./error.ts";
export * from "./event.ts";
export * from "./handover/error.ts";
export type { SharedSecrets, Shown } from "./handover/event.ts";
export { maxHandoverBlocks } from "./handover/handover.ts";
export type { Identity } from "./identity.ts";
export { remarkTag } from "./remark.ts";
export { maxExpiry, replayLimits } from "./replay.ts";
export * from "./runtime.ts";
export type { RuntimeCode } from "./runtime-code.ts";
