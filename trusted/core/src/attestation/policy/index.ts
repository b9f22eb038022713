/** Policies, which decide whether evidence is accepted and give the reasons if it is not. */

export { type AttestationResult, appraise } from "./appraise.ts";
export type { BitRule } from "./bits.ts";
export { decodePolicy, policyLimits, readPolicy } from "./decode.ts";
export * from "./error.ts";
export type { GeneralPolicy } from "./general.ts";
export { appraiseLineage } from "./lineage.ts";
export type { LineageRule, Policy } from "./policy.ts";
export type { Reason, Rule } from "./reason.ts";
export { sampleSigner } from "./sgx.ts";
export * from "./signed.ts";
export * from "./trust.ts";
