/** Accounts, and putting commands on a Substrate chain. It brings polkadot-api along, so it is an entry of its own. */
export * from "./account.ts";
export * from "./chain-client.ts";
export * from "./execution-receipt.ts";
