export * from "./bounded.ts";
export * from "./bytes.ts";
export * from "./error.ts";
export * from "./text.ts";
export * from "./utf8.ts";
export * from "./visible.ts";
