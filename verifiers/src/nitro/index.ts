/** Attestation documents of AWS Nitro. */
export * from "./error.ts";
export * from "./root.ts";
export * from "./verify.ts";
