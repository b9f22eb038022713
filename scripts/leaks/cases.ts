/**
 * The calls that are compared. All cases of one command or request must look the same to the host: the
 * shortest and the longest input, signed by anyone, with every ending that the interface declares.
 */
import { toHex } from "@pruntime/core/bytes";
import type { Json, JsonObject } from "@pruntime/core/json";
import {
  type BuiltIn,
  builtIns,
  type CommandInterface,
  messageJson,
  type RequestInterface,
} from "@pruntime/interfaces";
import { signer } from "../../host/devchain/test/support/keys.ts";
import { extremeOf } from "./extremes.ts";

/** The accounts of the comparison. Eve never has a balance in any contract. */
export type Who = "Alice" | "Bob" | "Eve";

/** A command before it is sealed. */
export interface Sent {
  readonly contract: number;
  readonly by: Who;
  readonly message: Json;
}

/** One command or query of the comparison. */
export interface Case {
  readonly what: string;
  /** Who sends the command or signs the query; `undefined` for an anonymous query. */
  readonly by: Who | undefined;
  /** The contract for which the message is sealed. */
  readonly contract: number;
  readonly message: Json;
  /** The status or refusal with which the case ends, or `answer`; `undefined` if any will do. */
  readonly ending?: string;
}

/** A command or a request, and its cases. */
export interface Compared {
  readonly kind: "command" | "request";
  readonly contract: BuiltIn;
  readonly name: string;
  readonly cases: readonly Case[];
}

/** An input that leads to an ending, and who sends it. Default: Alice. */
interface Led {
  readonly input: Json;
  readonly by?: Who;
}

const idOf = (who: Who) => toHex(signer(who).id);
const most = String(2n ** 128n - 1n);
const toBob = { dest: idOf("Bob") };
const listing = exampleOf("DataPlaza", "List");
const order = exampleOf("DataPlaza", "OpenOrder");

/** Asset 1 is as large as can be, asset 2 is a single one of Bob's, and asset 4 was destroyed. */
export const setup: readonly Sent[] = [
  { contract: 3, by: "Alice", message: { Issue: { symbol: "MAX", total: most } } },
  { contract: 3, by: "Bob", message: { Issue: { symbol: "ONE", total: "1" } } },
  { contract: 3, by: "Alice", message: { Issue: { symbol: "TMP", total: "1" } } },
  { contract: 3, by: "Alice", message: { Issue: { symbol: "BYE", total: "1" } } },
  { contract: 3, by: "Alice", message: { Destroy: { id: 4 } } },
  { contract: 1, by: "Alice", message: { List: listing } },
  { contract: 1, by: "Bob", message: { OpenOrder: order } },
];

/** Two more commands of the setup, one that succeeds and one that fails. Requests ask for their receipts. */
export const receipted: Readonly<Record<"paid" | "refused", Sent>> = {
  paid: { contract: 2, by: "Alice", message: { Transfer: { ...toBob, value: "1" } } },
  refused: { contract: 2, by: "Alice", message: { Transfer: { ...toBob, value: most } } },
};

/** The keys of the receipts of {@link receipted}, in hex. */
export type ReceiptKeys = Readonly<Record<keyof typeof receipted, string>>;

/** For each command and request: the inputs that lead to its endings. */
function led({
  paid,
  refused,
}: ReceiptKeys): Readonly<Record<string, readonly (Led & { ending: string })[]>> {
  const own = { account: idOf("Alice") };
  return {
    "DataPlaza.List": [{ ending: "Ok", input: listing }],
    "DataPlaza.OpenOrder": [
      { ending: "Ok", input: order },
      { ending: "ItemIdNotFound", input: { ...order, item_id: 9 } },
    ],
    "Balances.Transfer": [
      { ending: "Ok", input: { ...toBob, value: "1" } },
      { ending: "NoBalance", input: { ...toBob, value: "1" }, by: "Eve" },
      { ending: "InsufficientBalance", input: { ...toBob, value: most } },
    ],
    "Assets.Issue": [
      { ending: "Ok", input: { symbol: "NEW", total: "1" } },
      { ending: "BadSymbol", input: { symbol: "?!.", total: "1" } },
      { ending: "SymbolExist", input: { symbol: "max", total: most } },
    ],
    "Assets.Destroy": [
      { ending: "Ok", input: { id: 3 } },
      { ending: "AssetIdNotFound", input: { id: 4 } },
      { ending: "NotAssetOwner", input: { id: 2 } },
    ],
    "Assets.Transfer": [
      { ending: "Ok", input: { ...toBob, id: 1, value: "1" } },
      { ending: "AssetIdNotFound", input: { ...toBob, id: 4, value: "1" } },
      { ending: "NoBalance", input: { ...toBob, id: 1, value: "1" }, by: "Eve" },
      { ending: "InsufficientBalance", input: { ...toBob, id: 2, value: most }, by: "Bob" },
    ],
    "System.QueryReceipt": [
      { ending: "answer", input: { tx_hash: paid } },
      { ending: "answer", input: { tx_hash: refused } },
      { ending: "NotAuthorized", input: { tx_hash: paid }, by: "Bob" },
      { ending: "Transaction hash not found", input: { tx_hash: "ee".repeat(32) } },
    ],
    "DataPlaza.GetItems": [{ ending: "answer", input: null }],
    "DataPlaza.GetOrders": [{ ending: "answer", input: null }],
    "Balances.FreeBalance": [
      { ending: "answer", input: own },
      { ending: "NotAuthorized", input: own, by: "Bob" },
    ],
    "Balances.TotalIssuance": [{ ending: "answer", input: null }],
    "Assets.Balance": [
      { ending: "answer", input: { ...own, id: 1 } },
      { ending: "answer", input: { account: idOf("Bob"), id: 2 }, by: "Bob" },
      { ending: "NotAuthorized", input: { ...own, id: 1 }, by: "Bob" },
      { ending: "Asset not found", input: { ...own, id: 4 } },
    ],
    "Assets.TotalSupply": [
      { ending: "answer", input: { id: 1 } },
      { ending: "answer", input: { id: 2 }, by: "Bob" },
      { ending: "Asset not found", input: { id: 4 } },
    ],
    "Assets.Metadata": [
      { ending: "answer", input: null },
      { ending: "Asset not found", input: { before: 4 } },
    ],
  };
}

/** Endings that no command of a built-in contract can lead to. */
const unreachable = ["System.QueryReceipt: Contract has no number"];

/** Every command and request of these contracts. Throws if a declared ending has no case. */
export function comparisons(contracts: readonly BuiltIn[], keys: ReceiptKeys): readonly Compared[] {
  const endings = led(keys);
  return contracts.flatMap((contract) => [
    ...contract.requests.map((request): Compared => {
      const cases = endings[`${contract.name}.${request.name}`] ?? [];
      requireAll(contract, request.name, ["answer", ...request.refusals.map(({ name }) => name)], cases);
      return { kind: "request", contract, name: request.name, cases: requestCases(contract, request, cases) };
    }),
    ...contract.commands.map((command): Compared => {
      const cases = endings[`${contract.name}.${command.name}`] ?? [];
      requireAll(contract, command.name, ["Ok", ...command.statuses.map(({ name }) => name)], cases);
      return { kind: "command", contract, name: command.name, cases: commandCases(contract, command, cases) };
    }),
  ]);
}

type Ended = readonly (Led & { ending: string })[];

function requestCases({ id }: BuiltIn, { name, input, example }: RequestInterface, ended: Ended): Case[] {
  const of = (what: string, by: Who | undefined, content: Json, contract = id): Case => ({
    what,
    by,
    contract,
    message: messageJson(name, content),
  });
  const shortest = extremeOf(input, example.input, "shortest");
  const longest = extremeOf(input, example.input, "longest");
  const unknown = { ...of("an unknown request", "Bob", null), message: { [`${name}s`]: example.input } };
  return [
    ...ended.map(({ ending, input, by = "Alice" }) => ({ ...of(ending, by, input), ending })),
    of("the shortest input", undefined, shortest),
    of("the longest input", "Bob", longest),
    { ...unknown, ending: "query/bad-request" },
    { ...of("an unknown contract", "Alice", longest, 0xffff_ffff), ending: "query/no-contract" },
  ];
}

function commandCases({ id }: BuiltIn, { name, input, example }: CommandInterface, ended: Ended): Case[] {
  const of = (what: string, content: Json, by: Who = "Alice"): Case => ({
    what,
    by,
    contract: id,
    message: messageJson(name, content),
  });
  return [
    ...ended.map(({ ending, input, by }) => ({ ...of(ending, input, by), ending })),
    of("the shortest input", extremeOf(input, example, "shortest")),
    of("the longest input", extremeOf(input, example, "longest")),
    { ...of("BadCommand", null), message: { [`${name}s`]: example }, ending: "BadCommand" },
    { ...of("BadSecret", example), contract: id + 1, ending: "BadSecret" },
  ];
}

function requireAll({ name }: BuiltIn, message: string, declared: readonly string[], cases: Ended): void {
  for (const ending of declared) {
    const where = `${name}.${message}: ${ending}`;
    if (!unreachable.includes(where) && !cases.some((one) => one.ending === ending))
      throw new Error(`no case leads to ${where}`);
  }
}

function exampleOf(contractName: string, command: string): JsonObject {
  const contract = builtIns.find(({ name }) => name === contractName);
  return contract?.commands.find(({ name }) => name === command)?.example as JsonObject;
}
