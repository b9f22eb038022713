export * from "./error.ts";
export * from "./heads.ts";
