/** Requests and commands to start from, and the accounts that they name. */
export const alice = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
/** Bob's development account, as Alice's above. */
export const bob = "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48";

/** What a form can be filled with: a contract, and the JSON that it takes. */
export interface Example {
  readonly label: string;
  readonly contract: number;
  readonly json: string;
}

const json = (value: unknown): string => JSON.stringify(value);

/** Requests for the form that asks. */
export const queries: readonly Example[] = [
  { label: "Balances: Alice's balance", contract: 2, json: json({ FreeBalance: { account: alice } }) },
  { label: "Balances: Bob's balance", contract: 2, json: json({ FreeBalance: { account: bob } }) },
  { label: "Balances: total issuance", contract: 2, json: json("TotalIssuance") },
  { label: "Assets: all assets", contract: 3, json: json("Metadata") },
  { label: "DataPlaza: items", contract: 1, json: json("GetItems") },
  { label: "DataPlaza: orders", contract: 1, json: json("GetOrders") },
];

/** Commands for the form that puts them on chain. */
export const commands: readonly Example[] = [
  { label: "Balances: give Bob 1000", contract: 2, json: json({ Transfer: { dest: bob, value: "1000" } }) },
  { label: "Assets: issue PAGE", contract: 3, json: json({ Issue: { symbol: "PAGE", total: "1000" } }) },
  {
    label: "DataPlaza: list a dataset",
    contract: 1,
    json: json({
      List: {
        name: "people",
        category: "demo",
        description: "",
        price: { PerRow: { price: "100" } },
        dataset_link: "/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
        dataset_preview: "",
      },
    }),
  },
];
