export * from "polkadot-api";
