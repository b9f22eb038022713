export * from "./check.ts";
export * from "./error.ts";
export * from "./rows.ts";
