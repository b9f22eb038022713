import { describe, expect, it, onTestFinished, vi } from "vitest";
import { codeOf } from "../../../core/test/support/code.ts";
import { maxQueryLife, Nonces } from "../../src/query/nonces.ts";
import { alice, bob } from "../support/devchain.ts";
import { TinyChain } from "../support/tiny-chain.ts";
import { newRuntime, outcomeOf, plain, type SealedOptions, sealed, take } from "../support/worker.ts";

function nonce(i: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, i);
  return bytes;
}

function account(i: number): Uint8Array {
  return new Uint8Array([...nonce(i), ...new Uint8Array(16)]);
}

function started() {
  const chain = new TinyChain();
  for (let i = 0; i < 3; i++) chain.grow();
  const runtime = newRuntime();
  take(runtime, chain.init());
  take(runtime, chain.body(1));
  take(runtime, chain.body(2));
  const ask = (options: SealedOptions, contract = 2, request = "TotalIssuance") =>
    outcomeOf(runtime, sealed(runtime, contract, request, options));
  return { chain, runtime, ask };
}

const answered = { TotalIssuance: {} };

describe("a v2 query", () => {
  it("query/replayed: is answered once if it is signed", () => {
    const { runtime, ask } = started();
    const query = sealed(runtime, 2, "TotalIssuance", { by: alice });
    expect(outcomeOf(runtime, query)).toMatchObject(answered);
    expect(outcomeOf(runtime, query)).toBe("query/replayed");
    expect(ask({ by: alice, nonce: 2 })).toMatchObject(answered);
  });

  it("query/replayed: counts as the same if the text differs, but not account and nonce", () => {
    const { ask } = started();
    expect(ask({ by: alice })).toMatchObject(answered);
    expect(ask({ by: alice }, 3, "Metadata")).toBe("query/replayed");
    expect(ask({ by: bob }, 3, "Metadata")).toMatchObject({ Metadata: {} });
  });

  it("is answered again if it is anonymous: the answer is public, and sealed to the asker", () => {
    const { ask } = started();
    for (let i = 0; i < 3; i++) expect(ask({})).toMatchObject(answered);
  });

  it("does not use up its nonce if it is refused for another reason", () => {
    const { ask } = started();
    expect(ask({ by: alice }, 2, "Everything")).toBe("query/bad-request");
    expect(ask({ by: alice })).toMatchObject(answered);
  });

  it("query/replayed: does not run the contract again", () => {
    const { ask } = started();
    expect(ask({ by: alice })).toMatchObject(answered);
    expect(ask({ by: alice }, 2, "Everything")).toBe("query/replayed");
  });

  it("of 2020 can be asked again, because its nonce is not checked", () => {
    const { runtime } = started();
    take(runtime, plain(2, "TotalIssuance"));
    take(runtime, plain(2, "TotalIssuance"));
  });

  it("query/replayed: is refused also after the worker loaded a dump", () => {
    const { runtime } = started();
    const query = sealed(runtime, 2, "TotalIssuance", { by: alice });
    outcomeOf(runtime, query);
    take(runtime, { kind: "load", dump: take(runtime, { kind: "dump" }).dump });
    expect(outcomeOf(runtime, query)).toBe("query/replayed");
  });
});

describe("the number of remembered nonces is bounded", () => {
  const limits = { perAccount: 16, all: 256 };
  const admit = (nonces: Nonces, dispatched: number, who: Uint8Array, i: number, issuedAt = dispatched) => {
    const query = { account: who, nonce: nonce(i), issuedAt };
    nonces.check(dispatched, query);
    return nonces.remember(dispatched, query);
  };
  /** Admits `count` queries that were issued at a block, 16 for each account. */
  const flood = (nonces: Nonces, dispatched: number, count: number) => {
    for (let i = 0; i < count; i++) admit(nonces, dispatched, account((dispatched << 8) + (i >> 4)), i);
  };

  it("query/too-many: an account has a share", () => {
    const nonces = new Nonces(limits);
    for (let i = 0; i < limits.perAccount; i++) admit(nonces, 5, alice.id, i, 1 + (i % 5));
    expect(codeOf(() => admit(nonces, 5, alice.id, -1))).toBe("query/too-many");
    expect(admit(nonces, 5, bob.id, 1)).toBe(true);
    expect(nonces.longestLife(5)).toBe(maxQueryLife);
  });

  it("a nonce is forgotten after the longest life of a query", () => {
    const nonces = new Nonces(limits);
    for (let i = 0; i < limits.perAccount; i++) admit(nonces, 5, alice.id, i);
    expect(codeOf(() => admit(nonces, 5 + maxQueryLife, alice.id, -1))).toBe("query/too-many");
    expect(codeOf(() => admit(nonces, 5 + maxQueryLife, alice.id, 0, 5))).toBe("query/replayed");
    expect(codeOf(() => admit(nonces, 6 + maxQueryLife, alice.id, 0, 5))).toBe("query/expired");
    expect(admit(nonces, 6 + maxQueryLife, alice.id, -1)).toBe(true);
  });

  it("query/expired: a flood shortens the life of queries, and refuses no fresh query", () => {
    const nonces = new Nonces(limits);
    flood(nonces, 100, limits.all / 2);
    flood(nonces, 101, limits.all / 2);
    expect([nonces.longestLife(101), nonces.longestLife(102)]).toEqual([0, 1]);
    expect(codeOf(() => admit(nonces, 102, alice.id, 1, 99))).toBe("query/expired");
    expect(codeOf(() => admit(nonces, 102, alice.id, 1, 100))).toBe("query/expired");
    expect(admit(nonces, 102, alice.id, 1, 101)).toBe(true);
    expect([nonces.longestLife(102), nonces.longestLife(103)]).toEqual([1, 2]);
    expect(codeOf(() => admit(nonces, 102, account(100 << 8), 0, 100))).toBe("query/expired");
    expect(codeOf(() => admit(nonces, 103, account(101 << 8), 0, 101))).toBe("query/replayed");
    expect(admit(nonces, 103, bob.id, 1)).toBe(true);
  });

  it("a query that makes the nonces of a whole block be forgotten does not forget them one by one", () => {
    const nonces = new Nonces({ perAccount: 16, all: 4_096 });
    for (let i = 0; i < 4_096; i++) admit(nonces, 100, account(i), i);
    const calls = (["get", "set", "delete"] as const).map((name) => vi.spyOn(Map.prototype, name));
    onTestFinished(() => void vi.restoreAllMocks());
    admit(nonces, 101, alice.id, 1);
    admit(nonces, 102 + maxQueryLife, alice.id, 1);
    expect(calls.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBeLessThan(100);
  });

  it("accounts whose nonces are forgotten are forgotten too", () => {
    const nonces = new Nonces({ perAccount: 1, all: 64 });
    let most = 0;
    const size = vi.spyOn(Map.prototype, "keys");
    onTestFinished(() => void vi.restoreAllMocks());
    for (let block = 1; block < 200; block++)
      for (let i = 0; i < 16; i++) {
        admit(nonces, block, account(block * 16 + i), i);
        for (const map of size.mock.contexts) most = Math.max(most, (map as Map<unknown, unknown>).size);
        size.mockClear();
      }
    expect(most).toBeGreaterThanOrEqual(64);
    expect(most).toBeLessThanOrEqual(3 * 64);
  });

  it("query/too-many: does not count forgotten nonces", () => {
    const nonces = new Nonces({ perAccount: 2, all: 4 });
    admit(nonces, 100, alice.id, 1);
    admit(nonces, 101, alice.id, 2);
    for (const i of [1, 2, 3]) admit(nonces, 102, account(i), i); // forgets the nonces of block 100
    expect(admit(nonces, 102, alice.id, 3)).toBe(true);
  });

  it("does not fit if the nonces of the dispatched block fill the memory", () => {
    const nonces = new Nonces(limits);
    flood(nonces, 100, limits.all);
    expect([nonces.longestLife(100), nonces.longestLife(101)]).toEqual([maxQueryLife, 0]);
    expect(admit(nonces, 100, alice.id, 1)).toBe(false);
    expect(admit(nonces, 101, alice.id, 1)).toBe(true);
    expect(nonces.longestLife(101)).toBe(0);
  });
});
