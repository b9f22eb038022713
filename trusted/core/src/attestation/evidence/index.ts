/** Evidence of any kind as JSON, and the types that all kinds share. */
export { type TcbStatus, tcbStatuses } from "./claims.ts";
export type { DcapFacts } from "./dcap.ts";
export type { Endorser } from "./form.ts";
export * from "./json.ts";
export { evidenceLimits } from "./limits.ts";
