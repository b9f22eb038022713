/** What evidence somebody accepts, and why other evidence is refused. */
export { decodePolicy, readPolicy } from "./decode.ts";
export * from "./error.ts";
export { judge, type Verdict } from "./judge.ts";
export * from "./policy.ts";
export type { Reason, Rule } from "./reason.ts";
export { sampleSigner } from "./sgx.ts";
export * from "./trust.ts";
