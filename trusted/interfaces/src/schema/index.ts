export * from "./read.ts";
export * from "./schema.ts";
export * from "./write.ts";
