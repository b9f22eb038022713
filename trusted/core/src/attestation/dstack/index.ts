/** Evidence of dstack guests: a TDX quote and an event log. */
export * from "./error.ts";
export * from "./event-log.ts";
export * from "./verify.ts";
