export * from "./dump.ts";
export * from "./error.ts";
export * from "./genesis.ts";
export type { FinalizedHeader, LightClient, PendingChange } from "./light-client.ts";
export * from "./verify.ts";
