import { describe, expect } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { from0x, to0x } from "../../src/bytes/index.ts";
import { decodeHeader, encodeHeader, headerHash } from "../../src/chain/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import {
  type AuthoritySet,
  decodeJustification,
  decodeVersionedAuthorityList,
  encodeJustification,
  grandpaDigests,
  precommitMessage,
  type SignedPrecommit,
  verifyCommit,
  verifyJustification,
} from "../../src/grandpa/index.ts";

type Pair = [string, number];

function setOf(setId: number | bigint, pairs: readonly Pair[]): AuthoritySet {
  return {
    setId: BigInt(setId),
    authorities: pairs.map(([id, weight]) => ({ id: from0x(id), weight: BigInt(weight) })),
  };
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe("phala block 1 of 2019-12-14", () => {
  const it = recorded
    .extend("target", ({ files }) => {
      const header = files.base64("phala/2020-bridge/block1-header.b64");
      return { hash: headerHash(crypto, header), number: decodeHeader(header).number };
    })
    .extend("proof", ({ files }) => files.base64("phala/2020-bridge/block1-justification.b64"))
    .extend("trusted", ({ proof }) => (setId: bigint) => ({
      setId,
      authorities: decodeJustification(proof).precommits.map(({ id }) => ({ id, weight: 1n })),
    }));

  it("is final under set 0 but not under set 1", ({ target, proof, trusted }) => {
    expect(() => verifyJustification(crypto, trusted(0n), target, decodeJustification(proof))).not.toThrow();
    const later = () => verifyJustification(crypto, trusted(1n), target, decodeJustification(proof));
    expect(later).toThrow(code("finality/bad-signature"));
  });

  it("is refused with any bit of the justification flipped", ({ target, proof, trusted }) => {
    const set = trusted(0n);
    for (let bit = 0; bit < 8 * proof.length; bit++) {
      const flipped = proof.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const verify = () => verifyJustification(crypto, set, target, decodeJustification(flipped));
      expect(verify, `bit ${bit}`).toThrow(code(expect.stringMatching(/^(codec|finality)\//) as string));
    }
  });
});

describe("kusama block 2857472", () => {
  const it = recorded
    .extend("data", ({ files }) => files.json("substrate/a-justification-kusama-2857472.json"))
    .extend("target", ({ data }) => ({ hash: from0x(data.targetHash), number: data.targetNumber as number }))
    .extend("bytes", ({ data }) => from0x(data.justification));

  it("is final with exactly the threshold of set 1101", ({ data, target, bytes }) => {
    const trusted = setOf(1101, data.authorities);
    expect(decodeVersionedAuthorityList(from0x(data.storageValue_grandpa_authorities))).toEqual(
      trusted.authorities,
    );
    const justification = decodeJustification(bytes);
    expect(encodeJustification(justification)).toEqual(bytes);
    expect(justification.precommits).toHaveLength(234);
    expect(() => verifyJustification(crypto, trusted, target, justification)).not.toThrow();
    const short = { ...justification, precommits: justification.precommits.slice(1) };
    expect(() => verifyJustification(crypto, trusted, target, short)).toThrow(
      code("finality/below-threshold"),
    );
  });

  it.for([1100, 1102])("is not final under set %i", (setId, { data, target, bytes }) => {
    const one = decodeJustification(bytes);
    const verify = () => verifyJustification(crypto, setOf(setId, data.authorities), target, one);
    expect(verify).toThrow(code("finality/bad-signature"));
  });
});

describe("a small justification", () => {
  const it = recorded.extend("data", ({ files }) =>
    files.json("substrate/a-justification-small-302592.json"),
  );

  it("is final under its five signers, and not with three more authorities", ({ data }) => {
    const justification = decodeJustification(from0x(data.justification));
    const target = { hash: justification.targetHash, number: justification.targetNumber };
    const signers: Pair[] = data.signers.map((id: string) => [id, 1]);
    const others: Pair[] = [1, 2, 3].map((byte) => [`0x${`0${byte}`.repeat(32)}`, 1]);
    const verify = (setId: number, pairs: Pair[]) =>
      verifyJustification(crypto, setOf(setId, pairs), target, justification);
    expect(() => verify(0, signers)).not.toThrow();
    expect(() => verify(0, [...signers, ...others.slice(1)])).not.toThrow();
    expect(() => verify(1, signers)).toThrow(code("finality/bad-signature"));
    expect(() => verify(0, [...signers, ...others])).toThrow(code("finality/below-threshold"));
  });
});

describe("votes on forks above the target", () => {
  const it = recorded.extend("data", ({ files }) => files.json("substrate/a-ancestries-fork-votes.json"));

  // The ancestry headers have another layout (Avail's), so this test hashes them itself.
  it("require every ancestry header, and no other header", ({ data }) => {
    const votes = data.decoded.precommits.map(
      (vote: Record<"targetHash" | "signature" | "id", string> & { targetNumber: number }) => {
        const { targetHash, targetNumber, signature, id } = vote;
        return { targetHash: from0x(targetHash), targetNumber, signature: from0x(signature), id: from0x(id) };
      },
    ) as SignedPrecommit[];
    const target = { hash: from0x(data.decoded.targetHash), number: data.decoded.targetNumber as number };
    const commit = {
      round: BigInt(data.decoded.round),
      targetHash: target.hash,
      targetNumber: target.number,
      precommits: votes,
    };
    const links = data.headers.map(
      ({ raw, hash, parentHash }: Record<"raw" | "hash" | "parentHash", string>) => {
        expect(to0x(headerHash(crypto, from0x(raw)))).toBe(hash);
        return { hash: from0x(hash), parentHash: from0x(parentHash) };
      },
    );
    const verify = (given: typeof links) =>
      verifyCommit(crypto, setOf(data.setId, data.authorities), target, commit, given);
    expect(() => verify(links)).not.toThrow();
    for (const missing of links)
      expect(() => verify(links.filter((link: unknown) => link !== missing))).toThrow(
        code("finality/no-route"),
      );
    const unused = { hash: new Uint8Array(32), parentHash: target.hash };
    expect(() => verify([...links, unused])).toThrow(code("finality/unused-header"));
  });
});

describe("polkadot header 512271", () => {
  const it = recorded.extend("data", ({ files }) =>
    files.json("substrate/a-setchange-header-polkadot-512271.json"),
  );

  it("announces 197 authorities without delay", ({ data }) => {
    const header = decodeHeader(from0x(data.header));
    expect(encodeHeader(header)).toEqual(from0x(data.header));
    expect(to0x(headerHash(crypto, from0x(data.header)))).toBe(data.hash);
    const nextAuthorities = setOf(0, data.nextAuthorities).authorities;
    expect(grandpaDigests(header)).toEqual([{ kind: "scheduled-change", delay: 0, nextAuthorities }]);
  });
});

describe("an avail block of set 31", () => {
  const it = recorded.extend("data", ({ files }) => files.json("substrate/b-warp-avail-34153.json"));

  it("is final with five of seven votes", ({ data }) => {
    const target = { hash: from0x(data.headerHash), number: data.expect.block.number as number };
    const justification = decodeJustification(from0x(data.justification));
    const verify = (setId: number) =>
      verifyJustification(crypto, setOf(setId, data.startAuthorities), target, justification);
    expect(() => verify(31)).not.toThrow();
    expect(() => verify(32)).toThrow(code("finality/bad-signature"));
  });
});

describe("a westend commit message", () => {
  const it = recorded.extend("data", ({ files }) =>
    files.json("substrate/a-commit-message-westend-5105457.json"),
  );

  it("has seven valid signatures over this program's precommit message", ({ data }) => {
    const { round, setId, precommits } = data.decoded;
    for (const { targetHash, targetNumber, signature, id } of precommits) {
      const message = precommitMessage(from0x(targetHash), targetNumber, BigInt(round), BigInt(setId));
      expect(crypto.ed25519.verify(from0x(id), message, from0x(signature))).toBe(true);
    }
  });
});

describe("generated justifications, with the verdict of sc-consensus-grandpa", () => {
  interface RecordedCase {
    readonly justification: string;
    readonly authorities: readonly Pair[];
    readonly setId: number;
    readonly target: readonly [hash: string, number: number];
    /** `ok`, or the reason why the node refuses the justification. */
    readonly node: string;
    /** The total weight of the voters with a valid signature for the target or one of its descendants. */
    readonly support: number;
    readonly threshold: number;
  }
  const it = recorded.extend(
    "cases",
    ({ files }) => files.json("live-node/finality-cases.json.gz") as readonly RecordedCase[],
  );

  function accepts({ justification, authorities, setId, target: [hash, number] }: RecordedCase): boolean {
    try {
      const target = { hash: from0x(hash), number };
      verifyJustification(
        crypto,
        setOf(setId, authorities),
        target,
        decodeJustification(from0x(justification)),
      );
      return true;
    } catch (error) {
      expect((error as { code: string }).code).toMatch(/^(finality|codec)\//);
      return false;
    }
  }

  it("accepts all cases that the node accepts, and none without enough support", ({ cases }) => {
    expect(cases.length).toBe(2151);
    for (const [i, recordedCase] of cases.entries()) {
      const { node, support, threshold } = recordedCase;
      if (node === "ok") expect(accepts(recordedCase), `case ${i}`).toBe(true);
      else if (support < threshold) expect(accepts(recordedCase), `case ${i}: ${node}`).toBe(false);
    }
  });
});
