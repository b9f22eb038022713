import { describe, expect, it, vi } from "vitest";
import { type Crypto, portableCrypto as crypto } from "../../src/crypto/index.ts";
import {
  type AuthoritySet,
  decodeJustification,
  encodeJustification,
  type FinalityError,
  type Justification,
  justificationWork,
  maxAncestryHeaders,
  maxVoteBytes,
  precommitMessage,
  verifyCommit,
  verifyJustification,
} from "../../src/grandpa/index.ts";
import { codeOf } from "../support/code.ts";
import { justificationCases } from "./cases.ts";
import {
  authority,
  authoritySet,
  type Block,
  genesis,
  grow,
  justification,
  round,
  unanimous,
  vote,
} from "./chain.ts";

const b1 = grow(genesis(), 1)[0] as Block;

function verdict(
  trusted: AuthoritySet,
  target: Pick<Block, "hash" | "number">,
  given: Justification,
  provider: Crypto = crypto,
): string {
  try {
    verifyJustification(provider, trusted, target, given);
    return "accept";
  } catch (error) {
    return (error as FinalityError).code;
  }
}

describe("verifyJustification", () => {
  it.each(justificationCases.map((c) => [c.expect, c.title, c] as const))("%s: %s", (expected, _, c) => {
    expect(verdict(c.trusted, c.target, decodeJustification(encodeJustification(c.justification)))).toBe(
      expected,
    );
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 3],
    [5, 4],
    [6, 5],
    [7, 5],
    [10, 7],
  ])("of %i authorities needs %i", (total, need) => {
    const trusted = authoritySet(total);
    expect(verdict(trusted, b1, unanimous(b1, need))).toBe("accept");
    expect(verdict(trusted, b1, unanimous(b1, need - 1))).toBe("finality/below-threshold");
  });

  it("names the vote, the weight and the threshold in its errors", () => {
    const below = () => verifyJustification(crypto, authoritySet(4), b1, unanimous(b1, 2));
    expect(below).toThrow(
      expect.objectContaining({ detail: { code: "finality/below-threshold", weight: 2n, need: 3n } }),
    );
    const bad = justification(b1, [vote(0, b1), vote(1, b1), vote(2, b1, { round: 1n }), vote(3, b1)]);
    const forged = () => verifyJustification(crypto, authoritySet(4), b1, bad);
    expect(forged).toThrow(expect.objectContaining({ detail: { code: "finality/bad-signature", vote: 2 } }));
  });

  it("finality/too-many-headers: refuses them before it hashes any", () => {
    const header = b1.header;
    const given = {
      ...unanimous(b1, 3),
      votesAncestries: Array.from({ length: maxAncestryHeaders + 1 }, () => header),
    };
    const noHash: Crypto = { ...crypto, blake2b256: () => expect.unreachable() };
    expect(verdict(authoritySet(4), b1, given, noHash)).toBe("finality/too-many-headers");
  });

  it("finality/too-many-votes: beyond a fixed number of bytes, or two votes of each authority", () => {
    const repeated = (votes: number) => justification(b1, new Array(votes).fill(vote(0, b1)));
    const most = Math.floor(maxVoteBytes / 132);
    expect(verdict(authoritySet(1), b1, repeated(most + 1))).toBe("finality/too-many-votes");
    expect(verdict(authoritySet(4), b1, repeated(most))).toBe("finality/below-threshold");
    const large = Math.ceil((most + 1) / 2);
    const authorities = new Array(large).fill(authority(0)).concat(authority(1, 3n * BigInt(large)));
    expect(verdict({ setId: 5n, authorities }, b1, repeated(most + 1))).toBe("finality/below-threshold");
  });

  it("finality/too-many-headers: headers that the caller has hashed", () => {
    const link = { hash: b1.hash, parentHash: b1.header.parentHash };
    const verify = (headers: number) =>
      verifyCommit(crypto, authoritySet(4), b1, unanimous(b1, 3), new Array(headers).fill(link));
    expect(() => verify(maxAncestryHeaders + 1)).toThrow(
      expect.objectContaining({ code: "finality/too-many-headers" }),
    );
    expect(() => verify(maxAncestryHeaders)).toThrow(
      expect.objectContaining({ code: "finality/unused-header" }),
    );
  });

  it("checks no signature of a justification that other rules refuse", () => {
    const noVerify: Crypto = {
      ...crypto,
      ed25519: { verify: () => expect.unreachable(), verifyVotes: () => expect.unreachable() },
    };
    for (const c of justificationCases)
      if (c.expect !== "accept" && c.expect !== "finality/bad-signature")
        expect(verdict(c.trusted, c.target, c.justification, noVerify), c.title).toBe(c.expect);
  });

  it("allows second looks for two votes of each authority, and treats a missing verdict as a refusal", () => {
    const asked: number[] = [];
    const verifyVotes: Crypto["ed25519"]["verifyVotes"] = (items, cap) => {
      asked.push(items.length, cap);
      return [true, true];
    };
    const lazy: Crypto = { ...crypto, ed25519: { verify: () => expect.unreachable(), verifyVotes } };
    expect(verdict(authoritySet(4), b1, unanimous(b1, 3), lazy)).toBe("finality/bad-signature");
    expect(asked).toEqual([3, 8]);
  });

  it("verifies at most four signatures between two pauses, and none after the first bad one", () => {
    let verified = 0;
    const verifyVotes: Crypto["ed25519"]["verifyVotes"] = function* (items) {
      for (const _ of items) yield ++verified < 10;
    };
    const counting: Crypto = { ...crypto, ed25519: { verify: () => expect.unreachable(), verifyVotes } };
    const work = justificationWork(counting, authoritySet(40), b1, unanimous(b1, 40));
    const seen: number[] = [];
    expect(
      codeOf(() => {
        while (work.next().done !== true) seen.push(verified);
      }),
    ).toBe("finality/bad-signature");
    expect(seen.filter((count) => count > 0)).toEqual([4, 8]);
    expect(verified).toBe(10);
  });

  it("walks each ancestry header once, however many votes lie above it", () => {
    const chain = grow(b1, 2000);
    const high = vote(0, chain.at(-1) as Block);
    const given = justification(b1, new Array(1000).fill(high), chain);
    const lookUps = vi.spyOn(Map.prototype, "get");
    expect(verdict(authoritySet(500), b1, given)).toBe("finality/below-threshold");
    expect(lookUps.mock.calls.length).toBeLessThan(3 * (1000 + chain.length));
    lookUps.mockRestore();
  });
});

describe("precommitMessage", () => {
  it("is 1 ‖ hash ‖ number ‖ round ‖ set id", () => {
    const message = Buffer.from(
      precommitMessage(new Uint8Array(32).fill(0xab), 0x01020304, round, 2n),
    ).toString("hex");
    expect(message).toBe(`01${"ab".repeat(32)}0403020109000000000000000200000000000000`);
  });
});
