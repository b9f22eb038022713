export * from "./compact.ts";
export * from "./error.ts";
export * from "./reader.ts";
export * from "./writer.ts";
