import { developmentRoots } from "@pruntime/core/attestation";
import { decodeQueryOutcome, openReply } from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { identityOf, Runtime } from "@pruntime/runtime";
import { describe, expect, it } from "vitest";
import { detailOf } from "../../../../enclave/test/support/detail.ts";
import { codeOf } from "../../../core/test/support/code.ts";
import { AccountShares } from "../../src/query/account-shares.ts";
import { contextOf, newWorker } from "../../src/state.ts";
import { alice, bob } from "../support/devchain.ts";
import { TinyChain } from "../support/tiny-chain.ts";
import {
  countingRandom,
  measurement,
  outcomeOf,
  plain,
  runtimeCode,
  type SealedOptions,
  sealed,
  take,
} from "../support/worker.ts";

const limits = { recentUnits: 100, leastUnits: 10, accounts: 4 };
/** A number of networks beside which an account may have no more than the least share. */
const many = 2 ** 32 - 1;

describe("AccountShares", () => {
  const [a, b] = [account(1), account(2)];
  const setUp = () => {
    const shares = new AccountShares(limits);
    const use = (who: Uint8Array | undefined, queries: number, bytes = 0) => {
      for (let i = 0; i < queries; i++) shares.add(who, bytes);
    };
    const ask = (who: Uint8Array, waiting: number) => codeOf(() => shares.check(who, waiting));
    return { shares, use, ask };
  };

  it("query/over-share: an account gets twice the share of a network while others wait", () => {
    const { use, ask } = setUp();
    for (let i = 0; i < 500; i++) for (const each of [a, b]) use(each, 1); // half of the work each
    for (const each of [a, b]) {
      expect([ask(each, 0), ask(each, 2)]).toEqual(["accepted", "accepted"]);
      expect(ask(each, 4)).toBe("query/over-share");
    }
  });

  it("refuses no account because of its least share, however many wait", () => {
    const { use, ask } = setUp();
    use(a, 10);
    expect(ask(a, many)).toBe("accepted");
    use(a, 1);
    expect(ask(a, many)).toBe("query/over-share");
    expect(ask(b, many)).toBe("accepted");
  });

  it("counts the bytes of queries and answers", () => {
    const { use, ask } = setUp();
    use(a, 2, 8_192 * 5);
    use(b, 2, 8_192 * 3);
    expect([ask(a, many), ask(b, many)]).toEqual(["query/over-share", "accepted"]);
  });

  it("forgets a use while the worker does other work, as the refusal says", () => {
    const { shares, use, ask } = setUp();
    use(a, 1, 8_192 * 39);
    const { retryMs } = detailOf(() => shares.check(a, 9)) as { readonly retryMs: number };
    expect(retryMs).toBeGreaterThan(20);
    use(undefined, retryMs - 2); // the refusal has counted as work
    expect(ask(a, 9)).toBe("query/over-share");
    expect(ask(a, 9)).toBe("accepted");
  });

  it("serves an account again that never pauses", () => {
    const { use, ask } = setUp();
    use(a, 1_000);
    const answers = Array.from({ length: 1_000 }, () => {
      const answer = ask(a, 9);
      if (answer === "accepted") use(a, 1);
      return answer;
    });
    const served = answers.slice(500).filter((answer) => answer === "accepted").length;
    expect([served > 50, served < 150]).toEqual([true, true]); // 20 % of the work, twice a tenth
  });

  it("gives an account its share at once, whatever it used before others waited", () => {
    const { use, ask } = setUp();
    use(a, 1_000);
    expect(ask(a, 9)).toBe("query/over-share");
    use(undefined, 4); // with the refusal, as long as one query of twice a tenth of the work
    expect(ask(a, 9)).toBe("accepted");
  });

  it("gives an account no more than its share if its queries are long", () => {
    const { use, ask } = setUp();
    let [served, refused] = [0, 0];
    for (let i = 0; i < 1_000; i++)
      if (ask(a, 9) === "query/over-share") refused++;
      else {
        use(a, 1, 8_192 * 4);
        served++;
      }
    const part = (5 * served) / (5 * served + refused);
    expect([part > 0.15, part < 0.25]).toEqual([true, true]); // twice a tenth of the work
  });

  it("never counts less than an account's use, in a table of fixed size", () => {
    const { use, ask } = setUp();
    use(a, 50);
    for (let i = 10; i < 50; i++) use(account(i), 1);
    for (const i of [3, 4, 5]) use(account(i), 20);
    use(b, 1); // takes the place of the account with the least use, and its use
    expect([ask(a, many), ask(b, many)]).toEqual(["accepted", "query/over-share"]);
  });

  it("keeps the account with the most use when many accounts with little use come", () => {
    const { use, ask } = setUp();
    use(a, 50);
    for (let i = 10; i < 50; i++) use(account(i), 1);
    expect(ask(a, many)).toBe("query/over-share");
  });
});

describe("an account that is over its share", () => {
  const setUp = () => {
    const chain = new TinyChain();
    const fill = (byte: number) => new Uint8Array(32).fill(byte);
    const identity = identityOf(portableCrypto, { signing: fill(3), ecdhSecret: fill(2), stateKey: fill(9) });
    const platform = {
      crypto: portableCrypto,
      random: countingRandom(),
      measurement,
      runtimeCode,
      roots: developmentRoots(portableCrypto),
      stateBudget: Infinity,
      allowsV1: true,
    };
    const shares = new AccountShares({ ...limits, leastUnits: 3 });
    const runtime = new Runtime({ ...contextOf(platform, identity), shares }, newWorker);
    take(runtime, chain.init());
    const query = (options: SealedOptions, request = "TotalIssuance") => sealed(runtime, 2, request, options);
    const ask = ({ event, session }: ReturnType<typeof query>, waiting: number) =>
      outcomeOf(runtime, { event: { ...event, waiting }, session });
    return { shares, runtime, query, ask };
  };
  const answered = { TotalIssuance: {} };

  it("is refused in a sealed reply before the contract is asked, and may send the query again", () => {
    const { shares, runtime, query, ask } = setUp();
    for (let i = 0; i < 20; i++) shares.add(alice.id, 0);
    expect(ask(query({ by: alice }, "Everything"), many)).toBe("query/over-share");
    const { event, session } = query({ by: alice });
    const { reply } = take(runtime, { ...event, waiting: many });
    expect(decodeQueryOutcome(openReply(session, reply))).toMatchObject({
      kind: "Refused",
      value: { code: "query/over-share", retry_ms: expect.any(Number) },
    });
    expect(ask({ event, session }, 0)).toMatchObject(answered);
    expect(ask(query({ by: bob }), many)).toMatchObject(answered);
  });

  it("has signed the query: a claim of its name is refused as always", () => {
    const { shares, query, ask } = setUp();
    for (let i = 0; i < 20; i++) shares.add(alice.id, 0);
    const claim = { by: { ...alice, sign: bob.sign } };
    expect(ask(query(claim), many)).toBe("query/bad-signature");
  });

  it("was answered: nothing that is refused counts as its use", () => {
    const { query, ask } = setUp();
    const once = query({ by: alice });
    expect(ask(once, many)).toMatchObject(answered);
    for (let i = 0; i < 4; i++) {
      expect(ask(once, many)).toBe("query/replayed");
      expect(ask(query({ by: { ...alice, sign: bob.sign }, nonce: 2 }), many)).toBe("query/bad-signature");
    }
    expect(ask(query({ by: alice, nonce: 2 }), many)).toMatchObject(answered);
  });

  it("used it with queries of its own, whose bytes and answers count", () => {
    const { query, ask } = setUp();
    for (let i = 0; i < 3; i++) expect(ask(query({ by: alice, nonce: i }), many)).toMatchObject(answered);
    expect(ask(query({ by: alice, nonce: 3 }), many)).toBe("query/over-share"); // more than 3 units by bytes
  });

  it("can still ask anonymously or as in 2020, which networks alone pay for", () => {
    const { runtime, query, ask } = setUp();
    for (let i = 0; i < 6; i++) {
      expect(ask(query({}), many)).toMatchObject(answered);
      take(runtime, { ...plain(2, "TotalIssuance", alice), waiting: many });
    }
    expect(ask(query({ by: alice }), many)).toMatchObject(answered);
  });
});

function account(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte);
}
