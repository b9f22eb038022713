/** Intel's quotes (SGX, TDX), and the collateral that a verifier needs for them. */
export { decodeCollateral } from "./collateral.ts";
export * from "./error.ts";
export { decodePckChain, decodePckFacts } from "./pck.ts";
export * from "./quote.ts";
export * from "./root.ts";
export * from "./verify.ts";
