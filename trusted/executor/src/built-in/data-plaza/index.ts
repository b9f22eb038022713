export { dataPlaza } from "./contract.ts";
export * from "./data-area.ts";
export * from "./error.ts";
export { joinsOf } from "./joins.ts";
