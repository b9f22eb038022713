export { dataPlaza } from "./contract.ts";
export * from "./data-area.ts";
export * from "./error.ts";
export type { FileSeal } from "./file-seal.ts";
export { followOrders, joinsOf, readFile, storingFile } from "./joins.ts";
export { hashTableOf } from "./key-set.ts";
