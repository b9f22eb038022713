/**
 * The built-in contracts: their ids, names and interfaces, defined only here. The JSON is the same as in
 * 2020, plus `before`, which requests an earlier page of a list. The size of a field is public if the
 * contract shows the field to anyone. The size of the text in an execution receipt is public too, because it
 * is the size of a command on the chain.
 */
import type { CommandInterface, ContractInterface, Ending } from "./interface.ts";
import type { Status } from "./status.ts";

/** A built-in contract: its interface, and the properties that only built-in contracts have. */
export type BuiltIn = ContractInterface & {
  /** A u32 by which commands and queries name the contract. */
  readonly id: number;
  /** The name of the contract's Rust module of 2020, which the error texts of 2020 contain. */
  readonly module2020: string;
  readonly commands: readonly (CommandInterface & { readonly statuses: readonly StatusEnding[] })[];
};

/** A status with which a command of a built-in contract can end, and a sentence that explains when. */
export type StatusEnding = Ending & { readonly name: Status };

const [alice, bob] = [
  "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
  "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48",
] as const;

const anyAccount = "any account";
const anyone = "anyone, signed or not";

/**
 * The input of a request for a page of a list. Without `before`, the page has the newest entries. With
 * `before`, the page has the newest entries whose ids are smaller than `before`.
 */
const page = { option: { struct: [{ name: "before", type: { option: "u32" } }] } } as const;

const txHash = { bytes: { length: 32 } } as const;

/**
 * The age of an execution receipt. The state after block N has no execution receipt of a block before N −
 * 100,000.
 * @limit blocks
 * @source protocol: part of the rules number. About a week of blocks at 6 s each
 * @past the receipt is deleted, and the reply to its hash names the oldest block whose receipts are held
 */
export const executionReceiptLifetime = 100_000;

/** Contract 0: execution receipts. */
export const system = {
  id: 0,
  name: "System",
  module2020: "system",
  meaning:
    "Execution receipts: how each command ended. They expire after 100,000 blocks. It takes no commands.",
  commands: [],
  requests: [
    {
      name: "QueryReceipt",
      meaning: "The execution receipt of a command, by the hash of its payload or extrinsic on the chain.",
      asker: "the account that sent the command",
      input: { struct: [{ name: "tx_hash", type: txHash }] },
      answer: {
        struct: [
          {
            name: "receipt",
            type: {
              struct: [
                { name: "account", type: "account" },
                { name: "block_num", type: "u32" },
                { name: "command", type: "text", size: "public" },
                { name: "contract_id", type: "u32" },
                { name: "status", type: { text: { max: 32 } } },
                { name: "tx_hash", type: txHash },
              ],
            },
          },
        ],
      },
      refusals: [
        { name: "NotAuthorized", when: "Another account sent the command, or the query is not signed." },
        {
          name: "Transaction hash not found",
          when:
            "No command with this hash was executed, or its receipt expired. Where several accounts sent " +
            "commands under this hash, every account without a receipt also reads this after the receipt " +
            "of the first account expired. " +
            "The sentence goes on with the number of the oldest block whose receipts are held.",
        },
        { name: "Contract has no number", when: "The command was for a contract that is not built in." },
      ],
      example: {
        input: { tx_hash: "0404040404040404040404040404040404040404040404040404040404040404" },
        answer: {
          receipt: {
            account: alice,
            block_num: 12,
            command: `{"Transfer":{"dest":"${bob}","value":"1000"}}`,
            contract_id: 2,
            status: "Ok",
            tx_hash: "0404040404040404040404040404040404040404040404040404040404040404",
          },
        },
      },
    },
  ],
} as const satisfies BuiltIn;

/**
 * The link to a file in the data area.
 * @limit characters
 * @source protocol: part of the rules number
 * @past `data/bad-path` for a file; `BadCommand` for a command that names it
 */
export const maxLinkLength = 1024;

const [label, prose, link] = [
  { text: { max: 256 } },
  { text: { max: 16_384 } },
  { text: { max: maxLinkLength } },
] as const;

const txref = {
  struct: [
    { name: "blocknum", type: "u32" },
    { name: "index", type: "u32" },
  ],
} as const;

const listing = {
  struct: [
    { name: "name", type: label, size: "public" },
    { name: "category", type: label, size: "public" },
    { name: "description", type: prose, size: "public" },
    {
      name: "price",
      type: { variant: [{ name: "PerRow", type: { struct: [{ name: "price", type: "u128" }] } }] },
    },
    { name: "dataset_link", type: link, size: "public" },
    { name: "dataset_preview", type: prose, size: "public" },
  ],
} as const;

const order = {
  struct: [
    { name: "item_id", type: "u32" },
    { name: "query_link", type: link, size: "public" },
  ],
} as const;

const exampleListing = {
  name: "people",
  category: "demo",
  description: "forty people who do not exist",
  price: { PerRow: { price: "100" } },
  dataset_link: "/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
  dataset_preview: "",
} as const;

const exampleOrder = {
  item_id: 0,
  query_link: "/ipfs/QmY6yj1GsermExDXoosVE3aSPxdMNYr6aKuw3nA8LoWPRS",
} as const;

/** Contract 1: a market of datasets. */
export const dataPlaza = {
  id: 1,
  name: "DataPlaza",
  module2020: "data_plaza",
  meaning:
    "A market for datasets. Sellers list datasets. Buyers order the rows whose `phone` is in a query file. " +
    "The operator supplies the files with the action `set`, and fetches results with the action `get`. " +
    "Only the account that sealed a file can name it in an item or order. If the query file is sealed, " +
    "so is the result, and `matched_rows` is 0 for all but the buyer. The contract collects no price.",
  commands: [
    {
      name: "List",
      meaning: "Lists a dataset for sale.",
      sender: anyAccount,
      input: listing,
      statuses: [],
      example: exampleListing,
    },
    {
      name: "OpenOrder",
      meaning: "Orders the rows of an item's dataset that match a query file.",
      sender: anyAccount,
      input: order,
      statuses: [{ name: "ItemIdNotFound", when: "No item has this id." }],
      example: exampleOrder,
    },
  ],
  requests: [
    {
      name: "GetItems",
      meaning: "The items for sale, in order of their ids: the newest page, or the page before an id.",
      asker: anyone,
      input: page,
      answer: {
        struct: [
          {
            name: "items",
            size: "public",
            type: {
              list: {
                of: {
                  struct: [
                    { name: "id", type: "u32" },
                    { name: "txref", type: txref },
                    { name: "seller", type: "account" },
                    { name: "details", type: listing },
                  ],
                },
              },
            },
          },
        ],
      },
      refusals: [],
      example: {
        input: null,
        answer: {
          items: [{ id: 0, txref: { blocknum: 12, index: 2 }, seller: bob, details: exampleListing }],
        },
      },
    },
    {
      name: "GetOrders",
      meaning:
        "The orders, in order of their ids: the newest page, or the page before an id. " +
        "Each order says which of its files are present and how many rows matched. An order that has both " +
        "files and no result yet waits until its buyer's turn comes.",
      asker: anyone,
      input: page,
      answer: {
        struct: [
          {
            name: "orders",
            size: "public",
            type: {
              list: {
                of: {
                  struct: [
                    { name: "id", type: "u32" },
                    { name: "txref", type: txref },
                    { name: "buyer", type: "account" },
                    { name: "details", type: order },
                    {
                      name: "state",
                      type: {
                        struct: [
                          { name: "data_ready", type: "bool" },
                          { name: "query_ready", type: "bool" },
                          { name: "result_ready", type: "bool" },
                          { name: "matched_rows", type: "u32" },
                          { name: "result_path", type: "text" },
                        ],
                      },
                    },
                  ],
                },
              },
            },
          },
        ],
      },
      refusals: [],
      example: {
        input: { before: 1 },
        answer: {
          orders: [
            {
              id: 0,
              txref: { blocknum: 14, index: 2 },
              buyer: alice,
              details: exampleOrder,
              state: {
                data_ready: true,
                query_ready: true,
                result_ready: true,
                matched_rows: 5,
                result_path: "/order/0",
              },
            },
          ],
        },
      },
    },
  ],
} as const satisfies BuiltIn;

const lessThanMoved = { name: "InsufficientBalance", when: "The sender has less than `value`." } as const;
const balanceRefused = {
  name: "NotAuthorized",
  when: "Another account signed the query, or it is not signed.",
} as const;

/** Contract 2: the native balances. */
export const balances = {
  id: 2,
  name: "Balances",
  module2020: "balance",
  meaning: "The native balances, as in May 2020.",
  commands: [
    {
      name: "Transfer",
      meaning: "Transfers `value` from the sender to `dest`.",
      sender: "any account that has the balance",
      input: {
        struct: [
          { name: "dest", type: "account" },
          { name: "value", type: "u128" },
        ],
      },
      statuses: [{ name: "NoBalance", when: "The sender never had a balance." }, lessThanMoved],
      example: { dest: bob, value: "1000" },
    },
  ],
  requests: [
    {
      name: "FreeBalance",
      meaning: "The balance of an account.",
      asker: "the account itself",
      input: { struct: [{ name: "account", type: "account" }] },
      answer: { struct: [{ name: "balance", type: "u128" }] },
      refusals: [balanceRefused],
      example: { input: { account: alice }, answer: { balance: "1024000000000000" } },
    },
    {
      name: "TotalIssuance",
      meaning: "The sum of all balances.",
      asker: anyone,
      input: "unit",
      answer: { struct: [{ name: "total_issuance", type: "u128" }] },
      refusals: [],
      example: { input: null, answer: { total_issuance: "1024000000000000" } },
    },
  ],
} as const satisfies BuiltIn;

const assetNotFound = { name: "Asset not found", when: "No existing asset has this id." } as const;
const assetIdNotFound = { name: "AssetIdNotFound", when: "No existing asset has this id." } as const;

/** Contract 3: assets that accounts issue. */
export const assets = {
  id: 3,
  name: "Assets",
  module2020: "assets",
  meaning:
    "Assets that any account may issue. The id identifies an asset, and its symbol is a label. " +
    "Ids are never reused.",
  commands: [
    {
      name: "Issue",
      meaning: "Issues a new asset and gives all of it to the sender, its owner.",
      sender: anyAccount,
      input: {
        struct: [
          { name: "symbol", type: "text", size: "public" },
          { name: "total", type: "u128" },
        ],
      },
      statuses: [
        {
          name: "BadSymbol",
          when:
            "`symbol` is not 1 to 16 characters of `A-Z`, `a-z`, `0-9`, `.`, `_` and `-`, " +
            "of which the first is a letter or a digit.",
        },
        { name: "SymbolExist", when: "An existing asset has this symbol, in upper or lower case." },
      ],
      example: { symbol: "ABC", total: "1000" },
    },
    {
      name: "Destroy",
      meaning: "Destroys an asset, even one that other accounts hold, and frees its symbol.",
      sender: "the asset's owner",
      input: { struct: [{ name: "id", type: "u32" }] },
      statuses: [assetIdNotFound, { name: "NotAssetOwner", when: "Another account owns the asset." }],
      example: { id: 1 },
    },
    {
      name: "Transfer",
      meaning: "Transfers `value` of an asset from the sender to `dest`.",
      sender: "any account that holds the asset",
      input: {
        struct: [
          { name: "id", type: "u32" },
          { name: "dest", type: "account" },
          { name: "value", type: "u128" },
        ],
      },
      statuses: [
        assetIdNotFound,
        { name: "NoBalance", when: "The sender never held the asset." },
        lessThanMoved,
      ],
      example: { id: 1, dest: bob, value: "300" },
    },
  ],
  requests: [
    {
      name: "Balance",
      meaning: "How much of an asset an account holds.",
      asker: "the account itself",
      input: {
        struct: [
          { name: "id", type: "u32" },
          { name: "account", type: "account" },
        ],
      },
      answer: { struct: [{ name: "balance", type: "u128" }] },
      refusals: [balanceRefused, assetNotFound],
      example: { input: { id: 1, account: alice }, answer: { balance: "700" } },
    },
    {
      name: "TotalSupply",
      meaning: "How much of an asset was issued.",
      asker: anyone,
      input: { struct: [{ name: "id", type: "u32" }] },
      answer: { struct: [{ name: "total_issuance", type: "u128" }] },
      refusals: [assetNotFound],
      example: { input: { id: 1 }, answer: { total_issuance: "1000" } },
    },
    {
      name: "Metadata",
      meaning: "The existing assets, in order of their ids: the newest page, or the page before an id.",
      asker: anyone,
      input: page,
      answer: {
        struct: [
          {
            name: "metadata",
            size: "public",
            type: {
              list: {
                of: {
                  struct: [
                    { name: "id", type: "u32" },
                    { name: "owner", type: "account" },
                    { name: "symbol", type: "text" },
                    { name: "total_supply", type: "u128" },
                  ],
                },
              },
            },
          },
        ],
      },
      refusals: [{ name: "Asset not found", when: "The asset `before` was destroyed." }],
      example: {
        input: null,
        answer: { metadata: [{ id: 1, owner: alice, symbol: "ABC", total_supply: "1000" }] },
      },
    },
  ],
} as const satisfies BuiltIn;

/** All built-in contracts, by id. */
export const builtIns: readonly BuiltIn[] = [system, dataPlaza, balances, assets];
