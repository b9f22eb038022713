/**
 * Independent confirmation of finality. This is a separate entry point because most clients leave finality
 * to the attested worker.
 */
export { decodeCheckpoint, startFromCheckpoint, startFromGenesis } from "@pruntime/core/light-client";
export * from "./anchor.ts";
export * from "./check.ts";
export * from "./header-json.ts";
export * from "./rpc.ts";
