/** What evidence somebody accepts, and why other evidence is refused. */

export { type AttestationResult, appraise } from "./appraise.ts";
export { decodePolicy, readPolicy } from "./decode.ts";
export * from "./error.ts";
export * from "./policy.ts";
export type { Reason, Rule } from "./reason.ts";
export { sampleSigner } from "./sgx.ts";
export * from "./trust.ts";
