import { canonicalJson, type Json } from "@pruntime/core/json";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alice,
  aliceHex,
  answer,
  ask,
  balanceOf,
  bob,
  bobHex,
  carol,
  code,
  newExecutor,
  status,
  transfer,
} from "../kit.ts";

const max = (1n << 128n) - 1n;

describe("Balances: genesis", () => {
  it("Alice holds the whole issuance", () => {
    const executor = newExecutor();
    expect(balanceOf(executor, alice)).toBe('{"FreeBalance":{"balance":"1024000000000000"}}');
    expect(ask(executor, 2, "TotalIssuance")).toBe('{"TotalIssuance":{"total_issuance":"1024000000000000"}}');
    expect(balanceOf(executor, bob)).toBe('{"FreeBalance":{"balance":"0"}}');
  });

  it("another account holds the whole issuance, or no account does", () => {
    const held = newExecutor({ genesisBalance: { kind: "account", account: bob, amount: max } });
    expect(balanceOf(held, bob)).toBe(`{"FreeBalance":{"balance":"${max}"}}`);
    expect(ask(held, 2, "TotalIssuance")).toBe(`{"TotalIssuance":{"total_issuance":"${max}"}}`);
    for (const executor of [held, newExecutor({ genesisBalance: { kind: "none" } })]) {
      expect(balanceOf(executor, alice)).toBe('{"FreeBalance":{"balance":"0"}}');
      expect(ask(executor, 3, { Metadata: null })).toBe('{"Metadata":{"metadata":[]}}');
    }
  });
});

describe("Balances: Transfer", () => {
  it("moves the stated amount", () => {
    const executor = newExecutor();
    expect(status(executor, 2, transfer(bob, 24n))).toBe("Ok");
    expect(balanceOf(executor, alice)).toBe('{"FreeBalance":{"balance":"1023999999999976"}}');
    expect(balanceOf(executor, bob)).toBe('{"FreeBalance":{"balance":"24"}}');
    expect(status(executor, 2, transfer(alice, 24n), bob)).toBe("Ok");
    expect(balanceOf(executor, bob)).toBe('{"FreeBalance":{"balance":"0"}}');
  });

  it.each([
    ["NoBalance", bob, 0n],
    ["NoBalance", bob, 1n],
    ["InsufficientBalance", alice, 1_024_000_000_000_001n],
    ["InsufficientBalance", alice, max],
  ] as const)("%s, and nothing moves", (wanted, sender, value) => {
    const executor = newExecutor();
    expect(status(executor, 2, transfer(carol, value), sender)).toBe(wanted);
    expect(balanceOf(executor, alice)).toBe('{"FreeBalance":{"balance":"1024000000000000"}}');
    expect(balanceOf(executor, carol)).toBe('{"FreeBalance":{"balance":"0"}}');
  });

  it("to oneself changes nothing, even with the full balance", () => {
    const executor = newExecutor();
    for (const value of [0n, 1n, 1_024_000_000_000_000n])
      expect(status(executor, 2, transfer(alice, value))).toBe("Ok");
    expect(status(executor, 2, transfer(alice, 1_024_000_000_000_001n))).toBe("InsufficientBalance");
    expect(balanceOf(executor, alice)).toBe('{"FreeBalance":{"balance":"1024000000000000"}}');
  });

  it("of nothing leaves no entry behind", () => {
    const executor = newExecutor();
    expect(status(executor, 2, transfer(bob, 0n))).toBe("Ok");
    expect(status(executor, 2, transfer(carol, 0n), bob)).toBe("NoBalance");
  });

  it.each<Json>([
    { Transfer: { dest: bobHex, value: String(max + 1n) } },
    { Transfer: { dest: bobHex, value: "-1" } },
    { Transfer: { dest: bobHex, value: "01" } },
    { Transfer: { dest: bobHex, value: "" } },
    { Transfer: { dest: bobHex, value: "1e3" } },
    { Transfer: { dest: bobHex, value: 1 } },
    { Transfer: { dest: `0x${bobHex}`, value: "1" } },
    { Transfer: { dest: bobHex.slice(2), value: "1" } },
    { Transfer: { dest: "zz".repeat(32), value: "1" } },
    { Transfer: { value: "1" } },
    { Transfer: null },
    "Transfer",
    { TransferToChain: { dest: bobHex, value: "1" } },
    { Transfer: { dest: bobHex, value: "1" }, More: 1 },
    { __proto__: null, constructor: {} },
    null,
    [],
    1,
  ])("BadCommand: %j", (json) => expect(status(newExecutor(), 2, json)).toBe("BadCommand"));

  it("ignores unknown keys, as serde did", () =>
    expect(status(newExecutor(), 2, { Transfer: { dest: bobHex, value: "1", memo: "" } })).toBe("Ok"));

  it("never creates or loses a coin, for any commands", () => {
    const people = [alice, bob, carol];
    const person = fc.constantFrom(...people);
    const value = fc.oneof(fc.bigInt({ min: 0n, max: 2_000_000_000_000_000n }), fc.constantFrom(0n, 1n, max));
    fc.assert(
      fc.property(fc.array(fc.tuple(person, person, value), { maxLength: 20 }), (transfers) => {
        const executor = newExecutor();
        for (const [from, to, amount] of transfers) status(executor, 2, transfer(to, amount), from);
        const sum = people.reduce(
          (all, who) => all + BigInt(/"(\d+)"/.exec(balanceOf(executor, who))?.[1] ?? -1),
          0n,
        );
        expect(ask(executor, 2, "TotalIssuance")).toBe(
          canonicalJson({ TotalIssuance: { total_issuance: String(sum) } }),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe("Balances: queries", () => {
  it.each([
    ["anonymous", undefined],
    ["another account", bob],
  ] as const)("FreeBalance is not shown to %s", (_, origin) =>
    expect(ask(newExecutor(), 2, { FreeBalance: { account: aliceHex } }, origin)).toBe(
      '{"Error":"NotAuthorized"}',
    ),
  );

  it.each<Json>([
    "FreeBalance",
    { FreeBalance: {} },
    { FreeBalance: { account: aliceHex.slice(1) } },
    { PendingChainTransfer: { sequence: 0 } },
    { TotalIssuance: {} },
    "toString",
    null,
    [],
  ])("contract/bad-request: %j", (request) =>
    expect(() => answer(newExecutor(), 2, request, alice)).toThrow(code("contract/bad-request")),
  );
});
