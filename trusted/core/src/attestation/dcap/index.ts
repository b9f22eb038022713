/** Intel's quotes (SGX, TDX) and the collateral that judges them. */
export * from "./error.ts";
export * from "./quote.ts";
export * from "./root.ts";
export * from "./verify.ts";
