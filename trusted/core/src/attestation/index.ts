/**
 * Remote attestation. It answers three separate questions: Is the evidence authentic? Which security patches
 * does the platform have? Does a policy accept the evidence?
 */
export * from "./azure/index.ts";
export * from "./binding.ts";
export type { Code } from "./code.ts";
export * from "./commitment.ts";
export * from "./dcap/index.ts";
export * from "./dstack/index.ts";
export * from "./error.ts";
export * from "./evidence/index.ts";
export * from "./ias/index.ts";
export type * from "./kinds.ts";
export { codeOf, evidenceKinds } from "./kinds.ts";
export * from "./lineage.ts";
export * from "./policy/index.ts";
export * from "./roots.ts";
export * from "./simulated.ts";
export * from "./snp/index.ts";
export * from "./tpm/index.ts";
export * from "./verify.ts";
