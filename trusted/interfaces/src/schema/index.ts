export { matchSchema, type SchemaCases } from "./match.ts";
export * from "./read.ts";
export * from "./schema.ts";
export * from "./write.ts";
