export * from "./error.ts";
export * from "./unpack.ts";
export * from "./version.ts";
