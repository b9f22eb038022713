/** AMD SEV-SNP reports. */
export * from "./error.ts";
export * from "./report.ts";
export * from "./roots.ts";
export * from "./verify.ts";
