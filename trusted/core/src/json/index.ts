export * from "./canonical.ts";
export * from "./error.ts";
export * from "./json.ts";
export * from "./parse.ts";
export * from "./read.ts";
