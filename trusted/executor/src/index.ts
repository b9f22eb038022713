export type { Cell, Codec } from "./cell.ts";
export * from "./contract.ts";
export * from "./contracts/index.ts";
export * from "./data/index.ts";
export * from "./error.ts";
export * from "./executor.ts";
export { type Receipt, system } from "./receipts.ts";
export type { State, StateView } from "./state.ts";
export * from "./status.ts";
