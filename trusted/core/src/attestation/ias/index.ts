/** Reports of Intel's retired attestation service for EPID. */
export * from "./error.ts";
export * from "./report.ts";
export * from "./root.ts";
export * from "./verify.ts";
