/**
 * The interfaces of contracts as data, and the readers, writers and JSON Schema that are derived from them.
 */
export * from "./built-in.ts";
export * from "./command-size.ts";
export * from "./data-file.ts";
export * from "./decode.ts";
export * from "./interface.ts";
export * from "./message.ts";
export * from "./schema/index.ts";
export * from "./status.ts";
