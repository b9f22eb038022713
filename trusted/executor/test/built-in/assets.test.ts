import { toHex } from "@pruntime/core/bytes";
import { maxAnswerBytes } from "@pruntime/core/channel";
import type { Json } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import { alice, aliceHex, answer, ask, bob, bobHex, carol, code, newExecutor, run, status } from "../kit.ts";

const max = (1n << 128n) - 1n;
const issue = (symbol: string, total: bigint | string = 100n): Json => ({
  Issue: { symbol, total: String(total) },
});
const destroy = (id: number): Json => ({ Destroy: { id } });
const move = (id: number, dest: Uint8Array, value: bigint): Json => ({
  Transfer: { id, dest: toHex(dest), value: String(value) },
});
const balance = (executor: ReturnType<typeof newExecutor>, id: number, who: Uint8Array) =>
  ask(executor, 3, { Balance: { id, account: toHex(who) } }, who);
const listed = (executor: ReturnType<typeof newExecutor>, request: Json = "Metadata") => {
  const answer = JSON.parse(ask(executor, 3, request)) as {
    Metadata: { metadata: { id: number; symbol: string }[] };
  };
  return answer.Metadata.metadata.map(({ id, symbol }) => `${id} ${symbol}`);
};

describe("Assets: genesis", () => {
  it("asset 0 is TTT, all of it Alice's", () => {
    const executor = newExecutor();
    expect(ask(executor, 3, "Metadata")).toBe(
      `{"Metadata":{"metadata":[{"id":0,"owner":"${aliceHex}","symbol":"TTT",` +
        '"total_supply":"1024000000000000"}]}}',
    );
    expect(ask(executor, 3, { TotalSupply: { id: 0 } })).toBe(
      '{"TotalSupply":{"total_issuance":"1024000000000000"}}',
    );
    expect(balance(executor, 0, alice)).toBe('{"Balance":{"balance":"1024000000000000"}}');
  });
});

describe("Assets: Issue", () => {
  it("gives the issuer the whole supply, up to the maximum u128", () => {
    const executor = newExecutor();
    expect(status(executor, 3, issue("MAX", max), bob)).toBe("Ok");
    expect(balance(executor, 1, bob)).toBe(`{"Balance":{"balance":"${max}"}}`);
    expect(ask(executor, 3, "Metadata")).toContain(
      `{"id":1,"owner":"${bobHex}","symbol":"MAX","total_supply":"${max}"}`,
    );
    expect(status(executor, 3, move(1, alice, max), bob)).toBe("Ok");
    expect(balance(executor, 1, alice)).toBe(`{"Balance":{"balance":"${max}"}}`);
  });

  it.each(["TTT", "ttt", "tTt"])("SymbolExist: %s", (symbol) =>
    expect(status(newExecutor(), 3, issue(symbol))).toBe("SymbolExist"),
  );

  it.each([
    "",
    " ",
    "TTT ",
    " TTT",
    "Т",
    "a b",
    "a\n",
    "-a",
    ".a",
    "x".repeat(17),
    "x".repeat(60_000),
    "\u{1F600}",
    "a/b",
  ])("BadSymbol: %j", (symbol) => expect(status(newExecutor(), 3, issue(symbol))).toBe("BadSymbol"));

  it.each(["A", "x".repeat(16), "A.b-c_9", "0x"])("accepts the symbol %s", (symbol) =>
    expect(status(newExecutor(), 3, issue(symbol))).toBe("Ok"),
  );

  it.each<Json>([
    { Issue: { symbol: "A", total: String(max + 1n) } },
    { Issue: { symbol: 1, total: "1" } },
    { Issue: { symbol: "A" } },
    { Destroy: { id: -1 } },
    { Destroy: { id: 2 ** 32 } },
    { Destroy: { id: "0" } },
    { Transfer: { id: null, dest: aliceHex, value: "1" } },
    "Issue",
    { Mint: { id: 0 } },
  ])("BadCommand: %j", (json) => expect(status(newExecutor(), 3, json)).toBe("BadCommand"));
});

describe("Assets: Destroy", () => {
  it("is allowed only to the owner, even if other accounts hold the asset", () => {
    const executor = newExecutor();
    expect(status(executor, 3, move(0, bob, 1n))).toBe("Ok");
    expect(status(executor, 3, destroy(0), bob)).toBe("NotAssetOwner");
    expect(status(executor, 3, destroy(0))).toBe("Ok");
    expect(status(executor, 3, destroy(0))).toBe("AssetIdNotFound");
    expect(ask(executor, 3, "Metadata")).toBe('{"Metadata":{"metadata":[]}}');
    expect(balance(executor, 0, bob)).toBe('{"Error":{"Other":"Asset not found"}}');
    expect(ask(executor, 3, { TotalSupply: { id: 0 } })).toBe('{"Error":{"Other":"Asset not found"}}');
    expect(status(executor, 3, move(0, alice, 1n), bob)).toBe("AssetIdNotFound");
  });

  it("an id is never reused, not even the last one", () => {
    const executor = newExecutor();
    expect(status(executor, 3, issue("OLD"), bob)).toBe("Ok");
    expect(status(executor, 3, move(1, carol, 60n), bob)).toBe("Ok");
    expect(status(executor, 3, destroy(1), bob)).toBe("Ok");
    expect(status(executor, 3, issue("NEW"), alice)).toBe("Ok");
    expect(listed(executor)).toEqual(["0 TTT", "2 NEW"]);
    expect(balance(executor, 2, carol)).toBe('{"Balance":{"balance":"0"}}');
    expect(balance(executor, 1, carol)).toBe('{"Error":{"Other":"Asset not found"}}');
  });

  it("frees the symbol", () => {
    const executor = newExecutor();
    expect(status(executor, 3, destroy(0))).toBe("Ok");
    expect(status(executor, 3, issue("ttt"), bob)).toBe("Ok");
    expect(listed(executor)).toEqual(["1 ttt"]);
  });

  it.each([
    [[0], ["1 A", "2 B", "3 C"]],
    [[1], ["0 TTT", "2 B", "3 C"]],
    [[3], ["0 TTT", "1 A", "2 B"]],
    [
      [3, 2],
      ["0 TTT", "1 A"],
    ],
    [
      [0, 1],
      ["2 B", "3 C"],
    ],
    [
      [1, 2],
      ["0 TTT", "3 C"],
    ],
    [[1, 3, 0, 2], []],
  ])("of %j keeps the other assets in the list, in order of their ids", (ids, left) => {
    const executor = newExecutor();
    for (const symbol of ["A", "B", "C"]) status(executor, 3, issue(symbol));
    for (const id of ids) expect(status(executor, 3, destroy(id))).toBe("Ok");
    expect(listed(executor)).toEqual(left);
    expect(status(executor, 3, issue("D"))).toBe("Ok");
    expect(listed(executor)).toEqual([...left, "4 D"]);
  });
});

describe("Assets: Transfer", () => {
  it.each([
    ["AssetIdNotFound", 9, alice, 1n],
    ["NoBalance", 0, bob, 1n],
    ["InsufficientBalance", 0, alice, 1_024_000_000_000_001n],
  ] as const)("%s", (wanted, id, sender, value) =>
    expect(status(newExecutor(), 3, move(id, carol, value), sender)).toBe(wanted),
  );

  it("to oneself changes nothing", () => {
    const executor = newExecutor();
    expect(status(executor, 3, move(0, alice, 1_024_000_000_000_000n))).toBe("Ok");
    expect(balance(executor, 0, alice)).toBe('{"Balance":{"balance":"1024000000000000"}}');
  });
});

describe("Assets: queries", () => {
  it.each([
    ["anonymous", undefined],
    ["another account", bob],
  ] as const)("no asset's Balance is shown to %s", (_, origin) => {
    for (const id of [0, 9])
      expect(ask(newExecutor(), 3, { Balance: { id, account: aliceHex } }, origin)).toBe(
        '{"Error":"NotAuthorized"}',
      );
  });

  it("Metadata fits an answer: the newest assets that fit, then those before them", () => {
    const executor = newExecutor();
    run(executor, ...Array.from({ length: 1004 }, (_, i) => ({ contractId: 3, json: issue(`S${i}`) })));
    const newest = listed(executor);
    expect([newest.length, newest[0], newest.at(-1)]).toEqual([532, "473 S472", "1004 S1003"]);
    expect(ask(executor, 3, "Metadata").length).toBeLessThanOrEqual(maxAnswerBytes);
    expect(listed(executor, { Metadata: { before: 5 } })).toEqual(["0 TTT", "1 S0", "2 S1", "3 S2", "4 S3"]);
    expect(listed(executor, { Metadata: { before: 5000 } })).toEqual(newest);
  });

  it("Metadata refuses a page before a destroyed asset, which no longer has a place in the list", () => {
    const executor = newExecutor();
    for (const json of [issue("A"), issue("B"), { Destroy: { id: 2 } }]) status(executor, 3, json);
    expect(ask(executor, 3, { Metadata: { before: 2 } })).toBe('{"Error":{"Other":"Asset not found"}}');
    expect(listed(executor, { Metadata: { before: 3 } })).toEqual(["0 TTT", "1 A"]);
  });

  it.each([
    "Balance",
    { Balance: { id: 0 } },
    { TotalSupply: {} },
    { Metadata: 1 },
    { Metadata: { before: "1" } },
    "Nothing",
    7,
  ])("contract/bad-request: %j", (request) =>
    expect(() => answer(newExecutor(), 3, request, alice)).toThrow(code("contract/bad-request")),
  );
});
