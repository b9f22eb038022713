export * from "./storage-key.ts";
