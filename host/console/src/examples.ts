/** Example requests and commands, and the accounts in them. */
import { fromHex } from "@pruntime/core/bytes";
import type { Json } from "@pruntime/core/json";
import { assets, type BuiltIn, balances, commandJson, dataPlaza, requestJson } from "@pruntime/interfaces";

/** The account of Alice on every development chain, as 64 hex digits. */
export const alice = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
/** The account of Bob on every development chain, as 64 hex digits. */
export const bob = "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48";

/** An example that fills a form: a contract, and the JSON of a request or command for that contract. */
export interface Example {
  readonly label: string;
  readonly contract: number;
  readonly json: string;
}

/** Examples for the query form. */
export const queries: readonly Example[] = [
  example(balances, "Alice's balance", requestJson(balances, "FreeBalance", { account: fromHex(alice) })),
  example(balances, "Bob's balance", requestJson(balances, "FreeBalance", { account: fromHex(bob) })),
  example(balances, "total issuance", requestJson(balances, "TotalIssuance", null)),
  example(assets, "all assets", requestJson(assets, "Metadata", undefined)),
  example(dataPlaza, "items", requestJson(dataPlaza, "GetItems", undefined)),
  example(dataPlaza, "orders", requestJson(dataPlaza, "GetOrders", undefined)),
];

/** Examples for the command form. */
export const commands: readonly Example[] = [
  example(balances, "give Bob 1000", commandJson(balances, "Transfer", { dest: fromHex(bob), value: 1000n })),
  example(assets, "issue PAGE", commandJson(assets, "Issue", { symbol: "PAGE", total: 1000n })),
  example(
    dataPlaza,
    "list a dataset",
    commandJson(dataPlaza, "List", {
      name: "people",
      category: "demo",
      description: "",
      price: { kind: "PerRow", value: { price: 100n } },
      dataset_link: "/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
      dataset_preview: "",
    }),
  ),
];

function example({ id, name }: BuiltIn, what: string, json: Json): Example {
  return { label: `${name}: ${what}`, contract: id, json: JSON.stringify(json) };
}
