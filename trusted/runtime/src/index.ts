/** The trusted state machine: light client, channel and executor behind one `accept`. */
export { type Chain, type DispatchedBlock, finalizedOf, genesisOf, type Parachain } from "./chain.ts";
export * from "./error.ts";
export * from "./event.ts";
export { remarkTag } from "./remark.ts";
export { maxExpiry, replayLimits } from "./replay.ts";
export * from "./runtime.ts";
export type { RuntimeCode } from "./runtime-code.ts";
