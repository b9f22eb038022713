/**
 * Accounts and transactions on a Substrate chain. This is a separate entry point because it depends on
 * polkadot-api.
 */

export * from "../execution-receipt.ts";
export * from "./account.ts";
export * from "./chain-client.ts";
export { commandCallName, type Via } from "./command-call.ts";
export type { Submitted } from "./watch.ts";
