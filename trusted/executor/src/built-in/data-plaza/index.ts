export { dataPlaza } from "./contract.ts";
export * from "./data-area.ts";
export * from "./error.ts";
export { followOrders, joinsOf, readFile, storeFile } from "./joins.ts";
