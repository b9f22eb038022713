/** The built-in contracts, typed. */
export * from "./assets.ts";
export * from "./balances.ts";
export * from "./contract.ts";
export * from "./data-plaza.ts";
export * from "./system.ts";
