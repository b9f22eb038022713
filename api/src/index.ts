/** The REST interface, the frames between gateway and enclave, and the gateway's error codes, as data. */
export * from "./action.ts";
export * from "./actions/all.ts";
export * from "./actions/blocks.ts";
export * from "./actions/data.ts";
export * from "./actions/evidence.ts";
export type { BlockName } from "./actions/fields.ts";
export * from "./actions/handover.ts";
export * from "./actions/info.ts";
export * from "./actions/init.ts";
export * from "./actions/query.ts";
export * from "./actions/self-test.ts";
export * from "./actions/states.ts";
export * from "./envelope.ts";
export * from "./error.ts";
export * from "./frames.ts";
export * from "./hardware.ts";
export * from "./state-full.ts";
