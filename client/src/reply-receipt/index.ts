/** Verifies reply receipts. The client's main entry point makes them. */
export { type TrustedPolicy, trustPolicy } from "../attested/policy.ts";
export * from "./decode.ts";
export * from "./error.ts";
export type { ReplyReceipt } from "./reply-receipt.ts";
export * from "./verify.ts";
