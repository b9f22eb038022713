/** Tests the client's typed wrappers: the real contracts read their commands and answer their requests. */
import type { ClientOptions, Command, Request } from "@pruntime/client";
import { assets } from "@pruntime/client/contracts/assets";
import { balances } from "@pruntime/client/contracts/balances";
import { dataPlaza } from "@pruntime/client/contracts/data-plaza";
import { system } from "@pruntime/client/contracts/system";
import { fromHex, toHex } from "@pruntime/core/bytes";
import { parseJson } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import { alice, ask as answerTo, bob, newExecutor, run, status } from "../../trusted/executor/test/kit.ts";
import { WorkerClient } from "../src/client.ts";

const executor = newExecutor();
const give = ({ contractId, json }: Command, sender: Uint8Array = alice) =>
  status(executor, contractId, json, sender);
const ask = <T>({ contractId, json, read }: Request<T>, origin?: Uint8Array): T =>
  read(parseJson(answerTo(executor, contractId, json, origin)));
const refused = (reason: string) =>
  expect.objectContaining({ code: "client/contract-refused", detail: expect.objectContaining({ reason }) });

/** A client whose queries the executor answers. */
class ExecutorClient extends WorkerClient {
  override async query(request: Request<unknown> | number): Promise<never> {
    return { value: ask(request as Request<unknown>) } as never;
  }
}
const client = new ExecutorClient({} as never, {} as ClientOptions);

describe("balances", () => {
  it("transfers and reports balances", () => {
    const before = ask(balances.freeBalance(alice), alice);
    expect(give(balances.transfer({ dest: bob, value: 2n ** 40n }))).toBe("Ok");
    expect(ask(balances.freeBalance(alice), alice)).toBe(before - 2n ** 40n);
    expect(ask(balances.freeBalance(toHex(bob)), bob)).toBe(2n ** 40n);
    expect(ask(balances.totalIssuance())).toBe(before);
    expect(give(balances.transfer({ dest: bob, value: 1n << 100n }))).toBe("InsufficientBalance");
  });

  it("passes on the contract's refusals", () => {
    expect(() => ask(balances.freeBalance(alice), bob)).toThrow(refused("NotAuthorized"));
  });

  // Substrate's development account Bob, with the generic prefix 42: https://docs.rs/sp-keyring
  const hex = "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48";
  it.each([
    ["hex with 0x", `0x${hex}`],
    ["SS58", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"],
    ["bytes", fromHex(hex)],
  ])("names an account by %s", (_, account) =>
    expect(balances.freeBalance(account).json).toEqual(balances.freeBalance(hex).json),
  );

  it("refuses an account of another length", () => {
    expect(() => balances.freeBalance("00")).toThrow(expect.objectContaining({ code: "client/bad-account" }));
    expect(() => balances.transfer({ dest: new Uint8Array(20), value: 1n })).toThrow("client/bad-account");
  });
});

describe("assets", () => {
  it("issues, lists, transfers and destroys", () => {
    expect(give(assets.issue({ symbol: "ABC", total: 1000n }))).toBe("Ok");
    const [ttt, abc] = ask(assets.metadata());
    expect(abc).toEqual({ id: 1, symbol: "ABC", owner: alice, totalSupply: 1000n });
    expect(ask(assets.metadata({ before: 1 }))).toEqual([ttt]);
    expect(give(assets.transfer({ id: 1, dest: bob, value: 300n }))).toBe("Ok");
    expect([ask(assets.balance(1, bob), bob), ask(assets.totalSupply(1))]).toEqual([300n, 1000n]);
    expect(give(assets.destroy(1), bob)).toBe("NotAssetOwner");
    expect(give(assets.destroy(1))).toBe("Ok");
    expect(() => ask(assets.totalSupply(1))).toThrow(refused("Asset not found"));
  });
});

describe("data plaza", () => {
  const listing = {
    name: "people",
    category: "demo",
    description: "some",
    pricePerRow: 100n,
    datasetLink: "/ipfs/a",
    datasetPreview: "name,age",
  };

  it("lists items and opens orders", () => {
    expect(give(dataPlaza.list(listing))).toBe("Ok");
    expect(give(dataPlaza.list({ ...listing, name: "more" }))).toBe("Ok");
    expect(give(dataPlaza.openOrder({ itemId: 1, queryLink: "/ipfs/q" }), bob)).toBe("Ok");
    expect(give(dataPlaza.openOrder({ itemId: 7, queryLink: "/ipfs/q" }), bob)).toBe("ItemIdNotFound");
    const txref = { blockNumber: 1, index: 2 };
    expect(ask(dataPlaza.items({ before: 1 }))).toEqual([{ id: 0, txref, seller: alice, details: listing }]);
    expect(ask(dataPlaza.items()).map(({ details }) => details.name)).toEqual(["people", "more"]);
    const state = { dataReady: false, queryReady: false, resultReady: false, matchedRows: 0, resultPath: "" };
    expect(ask(dataPlaza.orders())).toEqual([
      { id: 0, txref, buyer: bob, itemId: 1, queryLink: "/ipfs/q", state },
    ]);
  });
});

describe("entries", () => {
  it("reads a list of several pages, newest first, and an empty list", async () => {
    const ids = async () => {
      const read: number[] = [];
      for await (const { id } of client.entries(assets.metadata)) read.push(id);
      return read;
    };
    const known = await ids();
    const count = 700;
    run(
      executor,
      ...Array.from({ length: count }, (_, i) => assets.issue({ symbol: `E${i}`, total: 1n })).map(
        ({ contractId, json }) => ({ contractId, json, sender: alice }),
      ),
    );
    expect(ask(assets.metadata()).length).toBeLessThan(count);
    const all = await ids();
    expect([all.length, all.slice(count)]).toEqual([count + known.length, known]);
    const empty = () => ({ contractId: 3, json: "Metadata", read: () => [] });
    for await (const entry of client.entries(empty)) expect(entry).toBe("absent");
  });

  it("client/bad-page: refuses a page that does not go on, instead of asking for ever", async () => {
    const again = () => ({ contractId: 3, json: "Metadata", read: () => [{ id: 4 }, { id: 5 }] });
    const read: number[] = [];
    const all = async () => {
      for await (const { id } of client.entries(again)) read.push(id);
    };
    await expect(all()).rejects.toMatchObject({ code: "client/bad-page", detail: { before: 4 } });
    expect(read).toEqual([5, 4]);
  });
});

describe("system", () => {
  it("reports the result of a command", () => {
    const { contractId, json } = balances.transfer({ dest: bob, value: 5n });
    const [receipt] = run(executor, { contractId, json, sender: alice });
    const { txHash, command } = receipt ?? { txHash: new Uint8Array(), command: "" };
    expect(ask(system.executionReceipt(txHash), alice)).toEqual({
      account: alice,
      blockNumber: 1,
      contractId: 2,
      command,
      status: "Ok",
      txHash,
    });
    expect(command).toContain("Transfer");
    expect(() => ask(system.executionReceipt(txHash), bob)).toThrow(refused("NotAuthorized"));
    expect(() => ask(system.executionReceipt(new Uint8Array(32)))).toThrow(
      refused("Transaction hash not found: the oldest block with receipts is 1"),
    );
  });
});
