/** AMD SEV-SNP reports. */
export * from "./error.ts";
export { productOf } from "./product.ts";
export * from "./report.ts";
export * from "./roots.ts";
export { type TcbPart, tcbLayouts } from "./vek.ts";
export * from "./verify.ts";
