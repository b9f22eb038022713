/** Which evidence a policy accepts, and why it refuses other evidence. */

export { type AttestationResult, appraise } from "./appraise.ts";
export type { AzurePolicy } from "./azure.ts";
export { decodePolicy, readPolicy } from "./decode.ts";
export * from "./error.ts";
export type { GeneralPolicy } from "./general.ts";
export type { Policy } from "./policy.ts";
export type { Reason, Rule } from "./reason.ts";
export { type SgxPolicy, sampleSigner } from "./sgx.ts";
export type { SimulatedPolicy } from "./simulated.ts";
export type { SnpPolicy, SnpRules } from "./snp.ts";
export type { ImageEvent, TdxImage, TdxPolicy, TdxRules } from "./tdx.ts";
export * from "./trust.ts";
