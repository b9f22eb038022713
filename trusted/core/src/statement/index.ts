export * from "./error.ts";
export * from "./statement.ts";
