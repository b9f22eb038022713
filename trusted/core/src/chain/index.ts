export * from "./digest.ts";
export * from "./header.ts";
