/** Guests of dstack: a TDX quote and its event log. */
export * from "./error.ts";
export * from "./event-log.ts";
export * from "./verify.ts";
