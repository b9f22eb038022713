export * from "./bytes.ts";
export * from "./error.ts";
export * from "./text.ts";
