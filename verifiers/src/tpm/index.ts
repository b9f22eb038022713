/** TPM quotes, verified with a key that the caller trusts. */
export * from "./signature.ts";
export * from "./verify.ts";
