/** Verifying receipts; clients only make them. */
export { type TrustedPolicy, trustPolicy } from "../attested/policy.ts";
export * from "./decode.ts";
export * from "./error.ts";
export type { Receipt } from "./receipt.ts";
export * from "./verify.ts";
